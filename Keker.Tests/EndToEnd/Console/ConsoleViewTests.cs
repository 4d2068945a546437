using System.Text.RegularExpressions;
using Keker.Tests.EndToEnd.Browsers;

namespace Keker.Tests.EndToEnd.Console;

/// <summary>The views of the console in Chromium, each by what it shows of real traffic.</summary>
internal sealed partial class ConsoleViewTests() : KekerFixture("--publish-key", SecretKey)
{
    private const string SecretKey = "console-key-0123456789";

    private Chromium _chromium = null!;

    protected override string? Key => SecretKey;

    [OneTimeSetUp]
    public async Task StartBrowser() => _chromium = await Chromium.StartAsync();

    [OneTimeTearDown]
    public async Task StopBrowser()
    {
        if (_chromium is not null)
            await _chromium.DisposeAsync();
    }

    [Test]
    public async Task A_wrong_key_is_told_and_the_right_one_opens_the_overview()
    {
        await using var console = new ConsolePage(await _chromium.OpenPageAsync(new Uri($"http://{Keker.EndPoint}/")));
        await console.UnlockAsync("guessed");
        await console.WaitForTextAsync("That is not a key of this server.");
        await console.ShowAsync("key");

        await console.UnlockAsync(SecretKey);

        await console.WaitForAsync("document.querySelector('#live').dataset.state === 'live'");
        Assert.That(await console.EvaluateAsync("sessionStorage.length + localStorage.length + document.cookie.length"), Is.EqualTo("0"), "the key is kept in memory only");
        Assert.That(console.Errors.Where(error => !error.Contains("401", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task The_key_is_kept_for_the_tab_where_somebody_wants_that_and_can_be_forgotten()
    {
        ChromiumPage page = await _chromium.OpenPageAsync(new Uri($"http://{Keker.EndPoint}/"));
        await using var console = new ConsolePage(page);
        await console.WaitForAsync("document.querySelector('input[type=checkbox]')");
        await console.EvaluateAsync("document.querySelector('input[type=checkbox]').click()");
        await console.EvaluateAsync("document.querySelector('input[type=password]').focus()");
        await console.UnlockAsync(SecretKey);
        await console.WaitForTextAsync("Overview");

        await page.NavigateAsync(new Uri($"http://{Keker.EndPoint}/"));
        await console.WaitForAsync("document.querySelector('nav a[aria-current]')");
        await console.TabToAsync("Forget the key");
        await console.PressAsync("Enter");

        await console.WaitForAsync("document.activeElement?.type === 'password'");
        Assert.That(await console.EvaluateAsync("sessionStorage.length"), Is.EqualTo("0"));
    }

    [Test]
    public async Task The_overview_shows_what_happens_now()
    {
        string token = NewToken();
        await using RawWebSocket session = await JoinAsync(token);
        await using ConsolePage console = await OpenAsync();
        for (int i = 0; i < 50; i++)
            await Backend.PublishAsync(token, "message");

        await console.WaitForAsync("document.querySelector('#live').dataset.state === 'live'");
        await console.WaitForAsync("document.querySelectorAll('.plot path.line').length >= 6");
        await console.WaitForAsync("Number([...document.querySelectorAll('dt')].find((each) => each.textContent === 'Published in all').nextSibling.textContent.replaceAll(',', '')) >= 50");
        string shown = await console.ReadAsync();

        Assert.That(shown, Does.Contain("Publish to send p50").And.Contain("pages of any origin may subscribe"));
        Assert.That(await console.EvaluateAsync("document.querySelector('.plot').getAttribute('aria-label')"), Does.StartWith("Published: published "));
        await console.TabToAsync("Forget the key");
        await console.PressAsync("Tab");
        await console.PressAsync("Tab");
        await console.PressAsync("ArrowLeft");
        await console.WaitForAsync("document.querySelectorAll('.plot line.cursor').length === 6");
        AssertNoErrors(console);
    }

    [Test]
    public async Task Tokens_and_topics_are_found_with_their_sessions_and_what_waits()
    {
        string token = $"{NewToken()}-search";
        await using RawWebSocket one = await JoinAsync(token);
        await using RawWebSocket two = await JoinAsync(token);
        await one.SendTextAsync($"SUBSCRIBE {token}-topic");
        await Backend.PublishAsync($"{token}-absent", "12345");
        await using ConsolePage console = await OpenAsync("topics");

        await console.FillAsync("Name or its beginning", token);
        await console.PressAsync("Enter");

        await console.WaitForTextAsync("3 matches.");
        Assert.That(await RowAsync(console, token), Is.EqualTo($"token {token}|2|0|0|0|0|0"));
        Assert.That(await RowAsync(console, $"{token}-topic"), Is.EqualTo($"topic {token}-topic|1|0|0|0|0|0"));
        Assert.That(await RowAsync(console, $"{token}-absent"), Does.Match($"^token {token}-absent\\|0\\|0\\|1 \\(5 B\\)\\|0\\|1 \\(.*\\)\\|1$"));
        await console.ResizeAsync(1280, 860);
        await console.ShowAsync("topics");
        Assert.That(await console.EvaluateAsync("location.hash"), Is.EqualTo("#topics"), "a token is in no address");
        AssertNoErrors(console);
    }

    [Test]
    public async Task What_clients_say_of_themselves_is_text()
    {
        const string Markup = "<img/src=x/onerror=document.title='owned'>";
        await using RawWebSocket session = await RawWebSocket.UpgradeAsync(await ConnectAsync(), userAgent: "<img src=x onerror=document.title='owned'>");
        await session.HelloAsync(Markup);
        await session.SendTextAsync($"SUBSCRIBE {Markup}");
        await using ConsolePage console = await OpenAsync("topics");
        await console.FillAsync("Name or its beginning", "<img");
        await console.PressAsync("Enter");
        await console.WaitForTextAsync(Markup);

        await console.TabToAsync(Markup);
        await console.PressAsync("Enter");
        await console.WaitForTextAsync("<img src=x onerror=document.title='owned'>");

        Assert.That(await console.EvaluateAsync("document.querySelectorAll('main img, main script').length"), Is.EqualTo("0"));
        Assert.That(await console.EvaluateAsync("document.title"), Is.EqualTo("Sessions · Keker console"));
        await console.ShowAsync("hostile");
        AssertNoErrors(console);
    }

    [Test]
    public async Task A_session_is_found_looked_at_and_logged_out_with_the_keyboard_alone()
    {
        string token = NewToken();
        await using RawWebSocket session = await RawWebSocket.UpgradeAsync(await ConnectAsync(), protocols: "keker.v2", userAgent: "Phone/1.0");
        await session.SendTextAsync($"HELLO {token}");
        string id = (await session.ReadAsync()).Text.Split(' ')[1];
        await using ConsolePage console = await OpenAsync();

        await console.GoAsync("Tokens and topics");
        await console.TabToAsync("Name or its beginning");
        await console.TypeAsync(token);
        await console.PressAsync("Enter");
        await console.WaitForTextAsync("1 match.");
        await console.TabToAsync(token);
        await console.PressAsync("Enter");
        await console.WaitForTextAsync("Phone/1.0");
        await console.TabToAsync(id);
        await console.PressAsync("Enter");
        await console.WaitForTextAsync("Where it stands");
        string shown = await console.ReadAsync();
        await console.ShowAsync("session");
        await console.TabToAsync("Log out …");
        await console.PressAsync("Enter");
        await console.WaitForAsync("document.querySelector('dialog[open]')");
        await console.ShowAsync("logout");
        await console.TabToAsync("Log out");
        await console.PressAsync("Enter");

        Assert.That(shown, Does.Contain("keker.v2").And.Contain("127.0.0.1").And.Contain("no ping was sent yet").And.Contain("the broadcast"));
        await session.ExpectCloseAsync(4403, "logged out");
        await console.WaitForTextAsync("1 session logged out.");
        await console.PressAsync("Enter");
        await console.WaitForTextAsync("This session has ended.");
        AssertNoErrors(console);
    }

    [Test]
    public async Task A_message_is_followed_from_acceptance_to_its_last_confirmation()
    {
        string token = NewToken();
        await using RawWebSocket silent = await JoinAsync(token);
        silent.AnswersPings = false;
        await using ConsolePage console = await OpenAsync("publish");
        await console.FillAsync("Name", token);
        await console.FillAsync("Message", "Order 4711 is paid");
        await console.TabToAsync("Publish");
        await console.PressAsync("Enter");
        await console.WaitForTextAsync("200 message published");
        await console.ShowAsync("publish");

        await console.TabToAsync("Where is it?");
        await console.PressAsync("Enter");
        await console.WaitForTextAsync("It is under way to 1 session: sent, not confirmed.");
        await console.ShowAsync("message");
        await silent.DisposeAsync();
        await FindUntilAsync(console, "1 client lost the connection before confirming; it is held for them.");

        await using RawWebSocket back = await ConnectWebSocketAsync();
        await back.SendTextAsync($"HELLO {token}");
        await back.ExpectTextAsync("Order 4711 is paid");
        _ = back.TryReadAsync();
        await FindUntilAsync(console, "It has arrived.");
        Assert.That(await console.ReadAsync(), Does.Contain("Answered 200").And.Contain("1 confirmed"));
        AssertNoErrors(console);
    }

    [Test]
    public async Task A_message_that_waits_says_until_when()
    {
        string token = NewToken();
        await using ConsolePage console = await OpenAsync("publish");
        await console.FillAsync("Name", token);
        await console.FillAsync("TTL, seconds", "600");
        await console.TabToAsync("Publish");
        await console.PressAsync("Enter");
        await console.WaitForTextAsync("202 message stored for recipient");
        await console.TabToAsync("Where is it?");
        await console.PressAsync("Enter");

        await console.WaitForTextAsync("It waits for the recipient to come until");
        Assert.That(Waits().IsMatch(await console.ReadAsync()));
    }

    [Test]
    public async Task A_topic_is_watched_live()
    {
        string topic = $"{NewToken()}-watched";
        await using ConsolePage console = await OpenAsync("publish");
        await console.FillAsync("Topic", topic);
        await console.PressAsync("Enter");
        await console.WaitForTextAsync($"Watching {topic}.");

        RawResponse answer = await Backend.PublishToTopicAsync(topic, "<b>2:1</b>");
        await console.WaitForTextAsync("<b>2:1</b>");

        Assert.That(answer.Data.GetProperty("sessions").GetInt32(), Is.EqualTo(1));
        await console.ShowAsync("watch");
        await console.TabToAsync("Stop");
        await console.PressAsync("Enter");
        await console.WaitForTextAsync("Stopped.");
        AssertNoErrors(console);
    }

    [Test]
    public async Task The_configuration_is_shown_without_its_secrets()
    {
        await using ConsolePage console = await OpenAsync("configuration");
        await console.WaitForTextAsync("Options in force");
        string shown = await console.ReadAsync();

        Assert.That(shown, Does.Match("--cache 1m set").And.Match("--timeout 1m default").And.Contain("--publish-key").And.Contain("225 KiB of memory"));
        Assert.That(shown, Does.Not.Contain(SecretKey));
        await console.ShowAsync("configuration");
        AssertNoErrors(console);
    }

    [Test]
    public async Task It_is_dark_or_light_as_the_person_prefers_and_fits_a_phone()
    {
        string token = NewToken();
        await using RawWebSocket session = await JoinAsync(token);
        await using ConsolePage console = await OpenAsync();
        await console.WaitForAsync("document.querySelector('#live').dataset.state === 'live'");
        List<string> colors = [];
        foreach (string scheme in new[] { "light", "dark" })
        {
            await console.PreferAsync(scheme);
            await console.ResizeAsync(1280, 900);
            colors.Add(await console.EvaluateAsync("getComputedStyle(document.body).backgroundColor"));
            await console.ShowAsync($"overview-{scheme}");
        }
        Assert.That(colors, Is.Unique);

        await console.ResizeAsync(375, 740);
        foreach (string view in new[] { "overview", "topics", "message", "publish", "configuration" })
        {
            await console.EvaluateAsync($"location.hash = '{view}'");
            await console.WaitForAsync($"document.querySelector('.view.{view} h1') && document.documentElement.scrollWidth <= innerWidth");
            await console.ShowAsync($"phone-{view}");
        }
    }

    private static Task FindUntilAsync(ConsolePage console, string text) => console.WaitForAsync(
        $$"""
        (() => {
          if (document.body.innerText.includes("{{text}}")) return true;
          globalThis.asked ??= 0;
          if (Date.now() - globalThis.asked > 500) { globalThis.asked = Date.now(); document.querySelector("form button").click(); }
        })()
        """);

    private async Task<ConsolePage> OpenAsync(string view = "overview") => await ConsolePage.OpenAsync(_chromium, Keker.EndPoint, SecretKey, view);

    private static void AssertNoErrors(ConsolePage console) =>
        Assert.That(console.Errors.Where(error => !error.Contains("401", StringComparison.Ordinal)), Is.Empty, "the first question is asked without a key");

    private static Task<string> RowAsync(ConsolePage console, string name) => console.EvaluateAsync(
        $"[...document.querySelectorAll('tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent).join('|')).find((row) => row.split('|')[0].endsWith(' {name}'))");

    [GeneratedRegex(@"until \d\d:\d\d:\d\d \(in (10 min|9 min \d+ s)\)")]
    private static partial Regex Waits();
}

namespace Keker.Tests.EndToEnd.Module;

/// <summary>keker.js with a server that says what kekerd does not say by itself, and an application that does what it should not.</summary>
[TestFixture("chromium")]
[TestFixture("node")]
internal sealed class ModuleScriptTests(string hostName) : ModuleFixture(hostName)
{
    private const string Connecting = "[\"state\",\"connecting\"]";
    private const string Connected = "[\"state\",\"connected\"]";
    private const string Waiting = "[\"state\",\"waiting\"]";
    private const string Closed = "[\"state\",\"closed\"]";
    private const string Socket = "[\"socket\"]";

    [SetUp]
    public Task FakeAsync() => Host.RunAsync("globalThis.WebSocket = FakeSocket");

    [TestCase(1002)]
    [TestCase(1003)]
    [TestCase(1007)]
    [TestCase(1008)]
    [TestCase(1009)]
    [TestCase(4403)]
    public async Task What_would_happen_again_ends_it(int code)
    {
        await WelcomeAsync("'t'");
        await Host.RunAsync($"FakeSocket.last.ends({code}); clock.advance(1e6)");
        await Host.ExpectAsync($"[\"error\",{code}]", Closed);
        Assert.That(Host.IsQuiet);
    }

    [TestCase(1000)]
    [TestCase(1001)]
    [TestCase(1006)]
    [TestCase(1011)]
    [TestCase(1013)]
    public async Task Any_other_end_is_followed_by_another_attempt(int code)
    {
        await WelcomeAsync("'t'");
        await Host.RunAsync($"FakeSocket.last.ends({code}); clock.advance(500)");
        await Host.ExpectAsync(Waiting, Connecting, Socket);
    }

    [Test]
    public async Task A_token_that_has_ended_is_asked_for_anew()
    {
        await WelcomeAsync("(() => { let i = 0; return async () => `t${++i}\\n`; })()", "t1");
        await Host.RunAsync("FakeSocket.last.ends(4401); clock.advance(500)");
        await Host.ExpectAsync(Waiting, Connecting, Socket);
        await Host.RunAsync("FakeSocket.last.open()");
        await Host.ExpectAsync("[\"sent\",\"HELLO t2 a:0\"]");
    }

    [Test]
    public async Task A_token_that_cannot_be_asked_for_ends_it()
    {
        await WelcomeAsync("'t'");
        await Host.RunAsync("FakeSocket.last.ends(4401, 'expired')");
        await Host.ExpectAsync("[\"error\",4401]", Closed);
    }

    [Test]
    public async Task Another_JWT_is_brought_before_the_first_one_ends()
    {
        const string Jwt = "() => `a.${btoa(JSON.stringify({ exp: Math.floor(clock.now / 1000) + 600 }))}.c`";
        await Host.RunAsync($"globalThis.jwt = {Jwt}; globalThis.first = jwt()");
        await MakeAsync("jwt");
        await Host.ExpectAsync(Connecting, Socket);
        await Host.RunAsync("FakeSocket.last.send = text => text.startsWith('PING') ? setTimeout(() => FakeSocket.last.says('PONG' + text.slice(4)), 1) : say(text.split('.')[0])");
        await Host.RunAsync("FakeSocket.last.open(); FakeSocket.last.says('WELCOME 1 a:0')");
        await Host.ExpectAsync("[\"HELLO a\"]", Connected);
        await AdvanceAsync(538);
        Assert.That(Host.IsQuiet);
        await AdvanceAsync(2);
        await Host.ExpectAsync("[\"HELLO a\"]");
        await Host.RunAsync("FakeSocket.last.says('WELCOME 1 a:0')");
        await AdvanceAsync(538);
        await AdvanceAsync(2);
        await Host.ExpectAsync("[\"HELLO a\"]");
    }

    [TestCase("() => { throw new DOMException('gone', 'AbortError'); }", "AbortError: gone")]
    [TestCase("async () => { throw undefined; }", "undefined")]
    [TestCase("() => undefined", "TypeError")]
    public async Task A_token_that_fails_is_told_and_asked_again(string token, string message)
    {
        await MakeAsync(token);
        await Host.ExpectAsync(Connecting);
        if (message == "undefined")
            await Host.ExpectAsync("[\"error\",\"\"]");
        else
            Assert.That(await Host.NextAsync(), Does.StartWith($"[\"error\",\"{message}"));
        await Host.ExpectAsync(Waiting);
        await AdvanceAsync(0.5);
        await Host.ExpectAsync(Connecting);
    }

    [Test]
    public async Task A_token_that_never_comes_is_asked_for_again_after_10_seconds_and_may_come_late()
    {
        await Host.RunAsync("globalThis.late = []");
        await MakeAsync("() => new Promise(then => late.push(then))");
        await Host.ExpectAsync(Connecting);
        await AdvanceAsync(10);
        await Host.ExpectAsync(Waiting);
        await AdvanceAsync(0.5);
        await Host.ExpectAsync(Connecting);
        await Host.RunAsync("late[1]('two'); await 0; await 0; late[0]('one')");
        await Host.ExpectAsync(Socket);
        await Host.RunAsync("FakeSocket.last.open()");
        await Host.ExpectAsync("[\"sent\",\"HELLO two \"]");
        Assert.That(Host.IsQuiet);
    }

    [Test]
    public async Task An_attempt_has_10_seconds_until_it_is_welcome()
    {
        await MakeAsync("'t'");
        await Host.ExpectAsync(Connecting, Socket);
        await Host.RunAsync("FakeSocket.last.open()");
        await Host.ExpectAsync("[\"sent\",\"HELLO t \"]");
        await AdvanceAsync(10);
        await Host.ExpectAsync("[\"left\",3000]", Waiting);
    }

    [Test]
    public async Task What_waited_in_a_buffer_is_no_answer()
    {
        await WelcomeAsync("'t'");
        await Host.RunAsync("FakeSocket.last.send = text => globalThis.ping = text.slice(5)");
        await AdvanceAsync(25);
        await Host.RunAsync("globalThis.stale = ping; happen('online'); FakeSocket.last.says('MSG a:1 -\\nold'); FakeSocket.last.says('PONG 1')");
        await Host.ExpectAsync("[\"message\",\"-\",\"old\"]");
        await AdvanceAsync(4.9);
        Assert.That(Host.IsQuiet);
        await AdvanceAsync(0.1);
        await Host.ExpectAsync("[\"left\",3000]", Waiting);
    }

    [Test]
    public async Task What_comes_of_a_socket_that_was_left_is_not_heard()
    {
        await WelcomeAsync("'t'");
        await Host.RunAsync("globalThis.old = FakeSocket.last; happen('pagehide'); happen('pageshow', { persisted: true })");
        await Host.ExpectAsync("[\"left\",3000]", Waiting, Connecting, Socket);
        await Host.RunAsync("old.says('MSG a:9 -\\nold'); old.ends(1008); FakeSocket.last.open()");
        await Host.ExpectAsync("[\"sent\",\"HELLO t a:0\"]");
    }

    [Test]
    public async Task The_waits_grow_at_random_to_half_a_minute()
    {
        await WelcomeAsync("'t'");
        foreach (double seconds in (double[])[0.5, 1, 2, 4, 8, 15, 15])
        {
            await Host.RunAsync("FakeSocket.last.ends(1006)");
            await Host.ExpectAsync(Waiting);
            await AdvanceAsync(seconds - 0.01);
            Assert.That(Host.IsQuiet);
            await AdvanceAsync(0.01);
            await Host.ExpectAsync(Connecting, Socket);
        }
    }

    [Test]
    public async Task A_topic_that_has_to_try_later_does_so()
    {
        await WelcomeAsync("'t'");
        await Host.RunAsync("hear(k, 'news'); FakeSocket.last.says('ERR try-later the server is short of memory'); clock.advance(5000)");
        await Host.ExpectAsync("[\"sent\",\"SUBSCRIBE news \"]", "[\"error\",\"try-later\"]", "[\"sent\",\"SUBSCRIBE news \"]");
        await Host.RunAsync("FakeSocket.last.says('OK SUBSCRIBE news b:3'); FakeSocket.last.says('MSG b:4 news\\nx'); FakeSocket.last.ends(1006); clock.advance(500)");
        await Host.ExpectAsync("[\"topic\",\"news\",\"x\"]", Waiting, Connecting, Socket);
        await Host.RunAsync("FakeSocket.last.open(); FakeSocket.last.says('WELCOME 2 a:0')");
        await Host.ExpectAsync("[\"sent\",\"HELLO t a:0\"]", Connected, "[\"sent\",\"SUBSCRIBE news b:4\"]");
    }

    [Test]
    public async Task Messages_of_an_earlier_subscription_are_not_those_of_the_next()
    {
        await WelcomeAsync("'t'");
        await Host.RunAsync("hear(k, 'news').unsubscribe(); hear(k, 'news'); FakeSocket.last.says('MSG b:4 news\\nearlier'); FakeSocket.last.says('OK SUBSCRIBE news b:4'); FakeSocket.last.says('MSG b:5 news\\nlater')");
        await Host.ExpectAsync("[\"sent\",\"SUBSCRIBE news \"]", "[\"sent\",\"UNSUBSCRIBE news\"]", "[\"sent\",\"SUBSCRIBE news \"]", "[\"topic\",\"news\",\"later\"]");
    }

    [Test]
    public async Task A_page_that_comes_anew_goes_on_where_it_was_and_one_that_said_goodbye_does_not()
    {
        await Host.RunAsync($"sessionStorage.setItem('ws://{Proxy.Address}/v1/subscribe', '[[\"-\",\"a:7\"],[\"news\",\"b:3\"]]')");
        await MakeAsync("'t'");
        await Host.ExpectAsync(Connecting, Socket);
        await Host.RunAsync("FakeSocket.last.open(); FakeSocket.last.says('WELCOME 1 a:7'); hear(k, 'news')");
        await Host.ExpectAsync("[\"sent\",\"HELLO t a:7\"]", Connected, "[\"sent\",\"SUBSCRIBE news b:3\"]");
        await Host.RunAsync("FakeSocket.last.says('MSG a:8 -\\nx'); k.close()");
        await Host.ExpectAsync("[\"message\",\"-\",\"x\"]", "[\"left\",1000]", Closed);
        await MakeAsync("'t'");
        await Host.ExpectAsync(Connecting, Socket);
        await Host.RunAsync("FakeSocket.last.open()");
        await Host.ExpectAsync("[\"sent\",\"HELLO t \"]");
    }

    [Test]
    public async Task A_stream_with_topics_has_one_list_of_ids_that_WebSocket_goes_on_from()
    {
        await Host.RunAsync("""
            const answer = events => new Response(new ReadableStream({ start: body => void (globalThis.write = text => body.enqueue(new TextEncoder().encode(text))) }),
              { headers: { "Content-Type": "text/event-stream" } });
            globalThis.fetch = async (url, { signal }) => (say(new URL(url).search), answer());
            """);
        await MakeAsync("'t'");
        await Host.RunAsync("hear(k, 'news')");
        await Host.ExpectAsync(Connecting, Socket);
        foreach (double seconds in (double[])[0.5, 1, 2])
        {
            await Host.RunAsync("FakeSocket.last.ends(1006)");
            await Host.ExpectAsync(Waiting);
            await AdvanceAsync(seconds);
            await Host.ExpectAsync(Connecting, seconds == 2 ? "[\"?token=t&topic=news\"]" : Socket);
        }
        await Host.ExpectAsync(Connected);
        // 7fffffffffffffff is 1y2p0ij32e8e7 in base 36, and abc is 24c.
        await Host.RunAsync("write('retry: 1000\\nid: 1y2p0ij32e8e7:0,24c:z\\n\\nid: 1y2p0ij32e8e7:0,24c:10\\nevent: message:news\\ndata: a\\n\\nid: 1y2p0ij32e8e7:1,24c:10\\nda'); write('ta: b\\n\\ndata: all\\n\\n: keep-alive\\n\\n')");
        await Host.ExpectAsync("[\"topic\",\"news\",\"a\"]", "[\"message\",\"-\",\"b\"]", "[\"message\",\"*\",\"all\"]");
        await Host.RunAsync("write('id: 1y2p0ij32e8e7:1,24c:15\\nevent: gap:news\\ndata: x\\n\\nid: 1y2p0ij32e8e7:2,24c:15\\nevent: binary\\ndata: /w==\\n\\n')");
        await Host.ExpectAsync("[\"gap\",\"news\",\"abc:36\",\"abc:41\"]", "[\"message\",\"-\",[255]]");
        await Host.RunAsync("hear(k, 'more'); clock.advance(0)");
        await Host.ExpectAsync(Connecting, "[\"?token=t&topic=news&topic=more&last_event_id=1y2p0ij32e8e7%3A2%2C24c%3A15%2C\"]", Connected);
        await Host.RunAsync("happen('online')");
        await Host.ExpectAsync(Connecting, Socket);
        await Host.RunAsync("FakeSocket.last.open(); FakeSocket.last.says('WELCOME 1 7fffffffffffffff:2')");
        await Host.ExpectAsync("[\"sent\",\"HELLO t 7fffffffffffffff:2\"]", Connected, "[\"sent\",\"SUBSCRIBE news abc:41\"]", "[\"sent\",\"SUBSCRIBE more \"]");
    }

    [TestCase(401, 4401)]
    [TestCase(403, 4403)]
    public async Task A_stream_that_may_not_begin_ends_it_as_a_WebSocket_does(int status, int code)
    {
        await Host.RunAsync($"globalThis.fetch = async () => new Response('no', {{ status: {status} }})");
        await MakeAsync("'t'");
        await Host.ExpectAsync(Connecting, Socket);
        foreach (double seconds in (double[])[0.5, 1, 2])
        {
            await Host.RunAsync("FakeSocket.last.ends(1006)");
            await Host.ExpectAsync(Waiting);
            await AdvanceAsync(seconds);
            await Host.ExpectAsync(seconds == 2 ? [Connecting] : [Connecting, Socket]);
        }
        await Host.ExpectAsync($"[\"error\",{code}]", Closed);
        await AdvanceAsync(1000);
        Assert.That(Host.IsQuiet);
    }

    /// <summary>Makes a client that is welcome with the id a:0.</summary>
    private async Task WelcomeAsync(string token, string word = "t")
    {
        await MakeAsync(token);
        await Host.ExpectAsync(Connecting, Socket);
        await Host.RunAsync("FakeSocket.last.open(); FakeSocket.last.says('WELCOME 1 a:0')");
        await Host.ExpectAsync($"[\"sent\",\"HELLO {word} \"]", Connected);
    }
}

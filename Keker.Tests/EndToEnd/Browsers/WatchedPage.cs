using System.Globalization;
using System.Net;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>A page with a token and a topic of its own, what is published to them, and what the page says that it got.</summary>
/// <remarks>
/// The page writes lines of a time, a number and words: <c>load</c>, <c>state S</c>, <c>gap T</c>, <c>error E</c> and, for each message, <c>got TEXT</c>.
/// </remarks>
internal sealed class WatchedPage(string name)
{
    private const string Probe = "probe";

    private readonly Lock _lock = new();

    /// <summary>By their numbers. What the page said while it went away comes late, from the next one.</summary>
    private readonly SortedDictionary<int, (DateTimeOffset Time, string Text)> _others = [];
    private readonly SortedDictionary<int, (DateTimeOffset Time, string Text)> _received = [];
    private readonly Dictionary<string, List<string>> _published = new() { ["token"] = [], ["topic"] = [] };
    private BrowserPage _page = null!;

    /// <summary>Both have this name.</summary>
    public string Name => name;

    /// <summary>What the page said beside its messages, without the times.</summary>
    public string[] Others
    {
        get
        {
            lock (_lock)
                return [.. _others.Values.Select(line => line.Text)];
        }
    }

    /// <summary>What the page said beside its messages, each line with the seconds since a time.</summary>
    public string Told(DateTimeOffset since)
    {
        lock (_lock)
            return string.Join('\n', _others.Values.Select(line => string.Create(CultureInfo.InvariantCulture, $"{(line.Time - since).TotalSeconds,7:0.0} {line.Text}")));
    }

    /// <summary>What came of one kind, token or topic, in order.</summary>
    public string[] Received(string kind)
    {
        lock (_lock)
            return [.. _received.Values.Select(line => line.Text).Where(text => text.StartsWith(kind, StringComparison.Ordinal))];
    }

    /// <summary>What was published of one kind, in order.</summary>
    public string[] Published(string kind)
    {
        lock (_lock)
            return [.. _published[kind]];
    }

    /// <summary>An address for the server of one page. Others do not share it, since Firefox opens one WebSocket after the other to one address.</summary>
    public static IPAddress OwnLoopback(int number) => OperatingSystem.IsLinux() ? new IPAddress([127, 0, 1, (byte)number]) : IPAddress.Loopback;

    /// <summary>Opens it, and returns once it gets messages.</summary>
    public async Task<BrowserPage> OpenAsync(Browser browser, BrowserPageServer site, Publisher publisher)
    {
        _page = await browser.OpenAsync(site);
        _ = ListenAsync();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await publisher.PublishAsync("Topic", name, Probe) == 0 || await publisher.PublishAsync("Token", name, Probe) == 0)
            await timer.WaitForNextTickAsync().Soon("a moment");
        await PublishAsync(publisher);
        await WaitForAllAsync();
        return _page;
    }

    /// <summary>Publishes to the token, with and without a TTL, and to the topic.</summary>
    public async Task PublishAsync(Publisher publisher)
    {
        await PublishAsync(publisher, "token", null);
        await PublishAsync(publisher, "token", 3600);
        await PublishAsync(publisher, "topic", null);
    }

    /// <inheritdoc cref="WaitForAllAsync(DateTimeOffset)"/>
    public Task WaitForAllAsync() => WaitForAllAsync(DateTimeOffset.UtcNow + Patience.Limit);

    /// <summary>Waits until all that was published has come, or until the time is over.</summary>
    public async Task WaitForAllAsync(DateTimeOffset end)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (_published.Keys.Any(kind => Published(kind).Except(Received(kind)).Any()) && DateTimeOffset.UtcNow < end)
            await timer.WaitForNextTickAsync();
    }

    /// <summary>Puts what became of it into the table.</summary>
    /// <param name="browser">Its browser.</param>
    /// <param name="client">What runs in it.</param>
    /// <param name="kind">How the connection broke.</param>
    /// <param name="began">When.</param>
    /// <param name="ended">When that was over.</param>
    public BreakResult Sum(string browser, string client, string kind, DateTimeOffset began, DateTimeOffset ended)
    {
        lock (_lock)
        {
            string[] published = [.. _published.Values.SelectMany(texts => texts)];
            string[] received = [.. _received.Values.Select(line => line.Text)];
            TimeSpan? back = _received.Values.Where(line => line.Time >= ended).Select(line => line.Time - ended).Cast<TimeSpan?>().FirstOrDefault();
            var result = new BreakResult(
                browser, client, kind, ended - began, published.Length, received.Length, published.Except(received).Count(), received.Length - received.Distinct().Count(), back);
            BreakTable.Add(result);
            return result;
        }
    }

    private async Task PublishAsync(Publisher publisher, string kind, int? ttl)
    {
        string text = $"{kind} {Published(kind).Length + 1}{(ttl is null ? "" : " ttl")}";
        lock (_lock)
            _published[kind].Add(text);
        await publisher.PublishAsync(kind, name, text, ttl);
    }

    private async Task ListenAsync()
    {
        await foreach (string line in _page.ReadConsoleAsync())
        {
            string[] words = line.Split(' ', 4);
            if (!long.TryParse(words[0], CultureInfo.InvariantCulture, out long milliseconds))
            {
                await TestContext.Progress.WriteLineAsync($"{name}: {line}");
                continue;
            }
            var time = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
            int number = int.Parse(words[1], CultureInfo.InvariantCulture);
            lock (_lock)
            {
                if (words[2] != "got")
                    _others[number] = (time, string.Join(' ', words[2..]));
                else if (words[3] != Probe)
                    _received[number] = (time, words[3]);
            }
        }
    }
}

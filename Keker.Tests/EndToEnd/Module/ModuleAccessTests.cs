using Keker.Tests.EndToEnd.Signed;

namespace Keker.Tests.EndToEnd.Module;

/// <summary>keker.js where it is checked who may: the right to be here ends, and begins anew.</summary>
[TestFixture("chromium")]
[TestFixture("node")]
internal sealed class ModuleAccessTests(string hostName) : ModuleFixture(hostName)
{
    private const string Connecting = "[\"state\",\"connecting\"]";
    private const string Connected = "[\"state\",\"connected\"]";
    private const string Waiting = "[\"state\",\"waiting\"]";
    private const string Closed = "[\"state\",\"closed\"]";

    private StubServer _backend = null!;

    private protected override string[] Options => ["--cache", "2m", "--auth-url", _backend.Url];

    [OneTimeSetUp]
    public void StartBackend() => _backend = new StubServer(question =>
        StubServer.Ok($"{{\"token\":\"{Token}\"{(question.Contains("short", StringComparison.Ordinal) ? ",\"expires_in\":2" : "")}}}"));

    [OneTimeTearDown]
    public async Task StopBackendAsync() => await _backend.DisposeAsync();

    [Test]
    public async Task A_session_whose_time_is_over_comes_back_with_another_token_and_misses_nothing()
    {
        const string Asked = "[\"asked\"]";
        await MakeAsync("() => { say('asked'); return globalThis.isOver ? 'long' : 'short'; }");
        await Host.ExpectAsync(Connecting, Asked, Connected, Waiting);
        await PublishAsync("1");
        await Host.RunAsync("globalThis.isOver = true; clock.advance(500)");
        await Host.ExpectAsync(Connecting, Asked, Connected, "[\"message\",\"-\",\"1\"]");
    }

    [Test]
    public async Task A_stream_whose_time_is_over_comes_back_with_another_token_and_brings_nothing_but_messages()
    {
        await FallBackAsync("() => globalThis.isOver ? 'long' : 'short'");
        await Host.ExpectAsync(Connected, Waiting);
        await PublishAsync("1");
        await Host.RunAsync("globalThis.isOver = true; clock.advance(4000)");
        await Host.ExpectAsync(Connecting, Connected, "[\"message\",\"-\",\"1\"]");
    }

    [Test]
    public async Task A_stream_whose_time_is_over_ends_it_where_there_is_no_other_token()
    {
        await FallBackAsync("'short'");
        await Host.ExpectAsync(Connected, "[\"error\",4401]", Closed);
    }
}

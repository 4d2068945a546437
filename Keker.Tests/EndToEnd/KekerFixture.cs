using NUnit.Framework.Interfaces;

namespace Keker.Tests.EndToEnd;

/// <summary>Tests that share one kekerd. They take tokens of their own, so that none sees another's messages.</summary>
internal abstract class KekerFixture(params string[] options)
{
    /// <summary>What waits does so for longer than a test takes, on a busy machine too.</summary>
    private const string LongCache = "1m";

    private int _tokens;

    protected KekerProcess Keker { get; private set; } = null!;

    protected Backend Backend { get; private set; } = null!;

    /// <summary>Null where kekerd speaks plain TCP.</summary>
    protected virtual TestCertificate? Certificate => null;

    protected virtual string[] Options => options;

    /// <summary>The key that the backend shows, where one is needed.</summary>
    protected virtual string? Key => null;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Keker = await KekerProcess.StartAsync(Options.Contains("--cache") ? Options : ["--cache", LongCache, .. Options]);
        Backend = new Backend(Keker.EndPoint, Certificate) { Key = Key };
    }

    [TearDown]
    public void ShowLogOfFailure()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Failed)
            TestContext.Out.WriteLine(Keker.Log.Text);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (Keker is null)
            return;
        bool survived = !Keker.HasExited;
        await Keker.DisposeAsync();
        Backend.Dispose();
        Assert.That(survived, Is.True, "kekerd ended by itself");
        Assert.That(Keker.Log.Text, Does.Not.Contain("internal error"));
    }

    protected string NewToken() => $"token-{Interlocked.Increment(ref _tokens)}";

    protected Task<RawClient> ConnectAsync() => Certificate is null
        ? RawClient.ConnectAsync(Keker.EndPoint)
        : RawClient.ConnectTlsAsync(Keker.EndPoint, Certificate);

    protected async Task<RawWebSocket> ConnectWebSocketAsync() => await RawWebSocket.UpgradeAsync(await ConnectAsync());

    protected async Task<RawWebSocket> JoinAsync(string token)
    {
        RawWebSocket socket = await ConnectWebSocketAsync();
        await socket.HelloAsync(token);
        return socket;
    }
}

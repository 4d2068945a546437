namespace Keker.Tests.EndToEnd.Signed;

/// <summary>A kekerd whose HELLO takes signed tokens, and who signs them.</summary>
internal sealed class SignedServer : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private KekerProcess _keker = null!;

    private SignedServer(TokenMaker maker) => Maker = maker;

    public TokenMaker Maker { get; }

    public KekerProcess Keker => _keker;

    /// <summary>Starts one with a key for an algorithm, at DEBUG.</summary>
    public static async Task<SignedServer> StartAsync(string algorithm = "HS256", params string[] options)
    {
        var server = new SignedServer(TokenMaker.For(algorithm));
        string file = server.File("jwt.key", server.Maker.FileContent);
        server._keker = await KekerProcess.StartAsync(["--jwt-key", $"@{file}", "--verbose", "DEBUG", .. options]);
        return server;
    }

    /// <summary>Writes a file beside the key.</summary>
    public string File(string name, string content)
    {
        System.IO.File.WriteAllText(_directory.File(name), content);
        return _directory.File(name);
    }

    /// <summary>A connection that speaks keker.v2, or not.</summary>
    public async Task<RawWebSocket> ConnectAsync(bool tagged = true) =>
        await RawWebSocket.UpgradeAsync(await RawClient.ConnectAsync(_keker.EndPoint), protocols: tagged ? "keker.v2" : null);

    /// <summary>A session of keker.v2 that was welcomed.</summary>
    public async Task<RawWebSocket> JoinAsync(string claims = "\"sub\":\"alice\"", int lifetime = 3600)
    {
        RawWebSocket session = await ConnectAsync();
        await session.SendTextAsync($"HELLO {Maker.Token(claims, lifetime)}");
        Assert.That((await session.ReadAsync()).Text, Does.StartWith("WELCOME "));
        return session;
    }

    public async ValueTask DisposeAsync()
    {
        if (TestContext.CurrentContext.Result.FailCount > 0)
            await TestContext.Out.WriteLineAsync(_keker.Log.Text);
        await _keker.DisposeAsync();
        _directory.Dispose();
    }
}

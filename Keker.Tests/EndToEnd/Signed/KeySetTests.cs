using System.Buffers.Text;
using System.Security.Cryptography;

namespace Keker.Tests.EndToEnd.Signed;

/// <summary>Keys that come from a JSON Web Key Set.</summary>
internal sealed class KeySetTests
{
    private static readonly TokenMaker One = TokenMaker.For("RS256");
    private static readonly TokenMaker Two = TokenMaker.For("RS256");

    [Test]
    public async Task A_set_from_a_URL_lets_in_and_an_unknown_key_has_it_asked_for_again()
    {
        string set = Set(Key(One, "one"));
        await using var stub = new StubServer(_ => StubServer.Ok(set, "Cache-Control: max-age=3600\r\n"));
        await using KekerProcess keker = await StartAsync(stub.Url);
        await keker.Log.WaitForAsync("1 keys of the key set are in force");
        await ExpectAsync(keker, Token(One, "one"), welcome: true);
        await ExpectAsync(keker, Token(Two, "two"), welcome: false);

        Assert.That(stub.Asked, Has.Count.EqualTo(1), "asked a moment ago: not again for a key that nobody knows");
    }

    [Test]
    public async Task Without_a_set_nobody_is_let_in_and_its_first_one_counts_at_once()
    {
        var free = new StubServer(_ => StubServer.Status(503));
        await using KekerProcess keker = await StartAsync(free.Url);
        await keker.Log.WaitForAsync("the key set was not read, what was in force stays: the answer is 503");
        await ExpectAsync(keker, Token(One, "one"), welcome: false, close: 1013);

        free.Answer = _ => StubServer.Ok(Set(Key(One, "one")));

        await keker.Log.WaitForAsync("1 keys of the key set are in force");
        await ExpectAsync(keker, Token(One, "one"), welcome: true);
        await free.DisposeAsync();
    }

    [Test]
    public async Task A_given_key_does_not_stand_before_the_set()
    {
        using var directory = new TempDirectory();
        string path = directory.File("jwks.json");
        await File.WriteAllTextAsync(path, Set(Key(One, "one")));
        await File.WriteAllTextAsync(directory.File("given.pem"), TokenMaker.For("RS256").FileContent);
        TokenMaker three = TokenMaker.For("RS256");
        string[] given = [.. Enumerable.Repeat(new[] { "--jwt-key", $"@{directory.File("given.pem")}" }, 8).SelectMany(pair => pair)];
        await using KekerProcess keker = await KekerProcess.StartAsync(["--jwt-jwks", path, .. given]);
        await ExpectAsync(keker, Token(One, "one"), welcome: true);

        await File.WriteAllTextAsync(path, Set(Key(One, "one"), Key(Two, "two")));
        await ExpectAsync(keker, Token(Two, "two"), welcome: true);
        await ExpectAsync(keker, Token(three, "three"), welcome: false);
    }

    [Test]
    public async Task Where_the_set_was_never_had_a_given_key_cannot_say_no()
    {
        await using var stub = new StubServer(_ => StubServer.Status(503));
        TokenMaker given = TokenMaker.For("RS256");
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory.File("given.pem"), given.FileContent);
        await using KekerProcess keker = await KekerProcess.StartAsync("--jwt-jwks", stub.Url, "--jwt-key", $"@{directory.File("given.pem")}", "--verbose", "DEBUG");
        await keker.Log.WaitForAsync("the key set was not read");

        await ExpectAsync(keker, Token(given, "any"), welcome: true);
        await ExpectAsync(keker, Token(One, "one"), welcome: false, close: 1013);
        await ExpectAsync(keker, One.Token("\"sub\":\"alice\""), welcome: false, close: 1013);
    }

    [TestCase("nonsense")]
    [TestCase("{}")]
    [TestCase("{\"keys\":{}}")]
    [TestCase("huge")]
    [TestCase("redirect")]
    public async Task What_is_no_set_leaves_the_server_without(string kind)
    {
        await using var other = new StubServer(_ => StubServer.Ok(Set(Key(One, "one"))));
        await using var stub = new StubServer(_ => kind switch
        {
            "huge" => StubServer.Ok($"{{\"keys\":[],\"x\":\"{new string('x', 2 << 20)}\"}}"),
            "redirect" => StubServer.Status(302, $"Location: {other.Url}\r\n"),
            _ => StubServer.Ok(kind),
        });
        await using KekerProcess keker = await StartAsync(stub.Url);

        await keker.Log.WaitForAsync("the key set was not read");
        await ExpectAsync(keker, Token(One, "one"), welcome: false, close: 1013);
        Assert.That(other.Asked, Is.Empty);
    }

    [Test]
    public async Task A_key_that_is_revoked_in_a_file_counts_no_more_after_SIGHUP_and_who_is_in_stays()
    {
        using var directory = new TempDirectory();
        string path = directory.File("jwks.json");
        await File.WriteAllTextAsync(path, Set(Key(One, "one"), Key(Two, "two")));
        await using KekerProcess keker = await StartAsync(path);
        await ExpectAsync(keker, Token(Two, "two"), welcome: true);
        await using RawWebSocket session = await HelloAsync(keker, Token(One, "one"));
        Assert.That((await session.ReadAsync()).Text, Does.StartWith("WELCOME "));

        await File.WriteAllTextAsync(path, Set(Key(Two, "two")));
        keker.Send(Signal.HangUp);
        await keker.Log.WaitForAsync("certificate and keys reloaded");

        await ExpectAsync(keker, Token(One, "one"), welcome: false);
        await ExpectAsync(keker, Token(Two, "two"), welcome: true);
        await session.SendTextAsync("PING");
        await session.ExpectTextAsync("PONG");
        await File.WriteAllTextAsync(path, "nonsense");
        keker.Send(Signal.HangUp);
        await keker.Log.WaitForAsync("certificate and keys not reloaded");
        await ExpectAsync(keker, Token(Two, "two"), welcome: true);
    }

    [Test]
    public async Task What_a_key_is_not_for_it_does_not_verify()
    {
        using var directory = new TempDirectory();
        string path = directory.File("jwks.json");
        TokenMaker secret = TokenMaker.WithSecret("HS256", "0123456789abcdef0123456789abcdef");
        await File.WriteAllTextAsync(path, Set(
            Key(One, "enc", ",\"use\":\"enc\""), Key(One, "ops", ",\"key_ops\":[\"encrypt\"]"), Key(One, "ps", ",\"alg\":\"PS256\""), Key(Two, "two", ",\"use\":\"sig\",\"alg\":\"RS256\""),
            $"{{\"kty\":\"oct\",\"kid\":\"oct\",\"k\":\"{TokenMaker.Encode("0123456789abcdef0123456789abcdef")}\"}}"));
        await using KekerProcess keker = await StartAsync(path);

        foreach (string id in new[] { "enc", "ops", "ps" })
            await ExpectAsync(keker, Token(One, id), welcome: false);
        await ExpectAsync(keker, secret.Token("\"sub\":\"alice\"", header: ",\"kid\":\"oct\""), welcome: false);
        await ExpectAsync(keker, Token(Two, "two"), welcome: true);
    }

    [Test]
    public async Task A_file_that_is_no_set_is_one_line_and_exit_1()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory.File("jwks.json"), "{}");

        ExitedProcess exited = await KekerProcess.RunAsync("--listen", "127.0.0.1:0", "--jwt-jwks", directory.File("jwks.json"));
        ExitedProcess missing = await KekerProcess.RunAsync("--listen", "127.0.0.1:0", "--jwt-jwks", directory.File("none.json"));

        Assert.That((exited.Status, exited.Errors.Trim()), Is.EqualTo((1, $"kekerd: cannot use the key set {directory.File("jwks.json")}: it has no member keys with an array")));
        Assert.That(missing.Status, Is.EqualTo(1));
        Assert.That(missing.Errors, Does.StartWith("kekerd: cannot use the key set"));
    }

    [Test]
    public async Task Keys_that_are_given_change_with_SIGHUP()
    {
        await using SignedServer server = await SignedServer.StartAsync("ES256");
        string old = server.Maker.Token("\"sub\":\"alice\"");
        TokenMaker next = TokenMaker.For("HS512");
        await ExpectAsync(server.Keker, old, welcome: true);

        server.File("jwt.key", next.FileContent);
        server.Keker.Send(Signal.HangUp);
        await server.Keker.Log.WaitForAsync("certificate and keys reloaded");

        await ExpectAsync(server.Keker, old, welcome: false);
        await ExpectAsync(server.Keker, next.Token("\"sub\":\"alice\""), welcome: true);
        server.File("jwt.key", "short");
        server.Keker.Send(Signal.HangUp);
        await server.Keker.Log.WaitForAsync("certificate and keys not reloaded");
        await ExpectAsync(server.Keker, next.Token("\"sub\":\"bob\""), welcome: true);
    }

    private static Task<KekerProcess> StartAsync(string place) => KekerProcess.StartAsync("--jwt-jwks", place, "--verbose", "DEBUG");

    private static string Token(TokenMaker maker, string id) => maker.Token("\"sub\":\"alice\"", header: $",\"kid\":\"{id}\"");

    private static string Set(params string[] keys) => $"{{\"keys\":[{string.Join(',', keys)}]}}";

    private static string Key(TokenMaker maker, string id, string more = "")
    {
        RSAParameters key = maker.Rsa!.ExportParameters(includePrivateParameters: false);
        return $"{{\"kty\":\"RSA\",\"kid\":\"{id}\",\"n\":\"{Base64Url.EncodeToString(key.Modulus)}\",\"e\":\"{Base64Url.EncodeToString(key.Exponent)}\"{more}}}";
    }

    private static async Task<RawWebSocket> HelloAsync(KekerProcess keker, string token)
    {
        RawWebSocket session = await RawWebSocket.UpgradeAsync(await RawClient.ConnectAsync(keker.EndPoint), protocols: "keker.v2");
        await session.SendTextAsync($"HELLO {token}");
        return session;
    }

    private static async Task ExpectAsync(KekerProcess keker, string token, bool welcome, int close = 4401)
    {
        await using RawWebSocket session = await HelloAsync(keker, token);
        if (welcome)
            Assert.That((await session.ReadAsync()).Text, Does.StartWith("WELCOME "));
        else
            await session.ExpectCloseAsync(close);
    }
}

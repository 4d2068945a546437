using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd.Signed;

/// <summary>A backend says who somebody is, and how kekerd bears one that does not.</summary>
internal sealed class AuthUrlTests
{
    private const string Alice = "{\"token\":\"alice\",\"expires_in\":600,\"channels\":[\"room-1\"],\"subscribe\":[\"match-*\"]}";

    [Test]
    public async Task The_backend_is_told_who_asks_and_says_who_it_is()
    {
        await using var stub = new StubServer(_ => StubServer.Ok(Alice));
        await using KekerProcess keker = await StartAsync(stub);
        await using RawWebSocket session = await HelloAsync(keker, "s3cret-wörd");

        Assert.That((await session.ReadAsync()).Text, Does.StartWith("WELCOME "));
        Assert.That((await session.ReadAsync()).Text, Does.StartWith("OK SUBSCRIBE room-1 "));
        await session.SendTextAsync("SUBSCRIBE match-1");
        Assert.That((await session.ReadAsync()).Text, Does.StartWith("OK SUBSCRIBE match-1 "));
        await session.SendTextAsync("SUBSCRIBE other");
        await session.ExpectTextAsync("ERR not-allowed other");
        using var backend = new Backend(keker.EndPoint);
        Assert.That((await backend.PublishAsync("alice", "for Alice")).Status, Is.EqualTo(200));
        Assert.That((await session.ReadAsync()).Text, Does.EndWith(" -\nfor Alice"));
        JsonElement asked = JsonDocument.Parse(stub.Asked.Single()).RootElement;
        Assert.That(asked.EnumerateObject().Select(member => (member.Name, member.Value.GetString())), Is.EqualTo(new[]
        {
            ("auth_info", "s3cret-wörd"), ("origin", "https://app.example.com"), ("address", "127.0.0.1"), ("user_agent", "test"),
        }));
    }

    [TestCase(401, 4401)]
    [TestCase(403, 4401)]
    [TestCase(500, 1013)]
    [TestCase(404, 1013)]
    [TestCase(204, 1013)]
    public async Task What_a_status_means(int status, int close)
    {
        await using var stub = new StubServer(_ => StubServer.Status(status));
        await using KekerProcess keker = await StartAsync(stub);
        await using RawWebSocket session = await HelloAsync(keker, "word");

        await session.ExpectCloseAsync(close);
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("nonsense")]
    [TestCase("{\"token\":\"a b\"}")]
    [TestCase("{\"token\":null}")]
    [TestCase("{\"token\":\"alice\",\"channels\":null,\"channels\":[]}")]
    [TestCase("{\"token\":\"alice\",\"expires_in\":0}")]
    [TestCase("{\"token\":\"alice\",\"expires_in\":\"600\"}")]
    [TestCase("{\"token\":\"alice\",\"channels\":\"room\"}")]
    [TestCase("{\"token\":\"alice\",\"token\":\"bob\"}")]
    public async Task Nonsense_lets_nobody_in_and_is_told_once(string body)
    {
        await using var stub = new StubServer(_ => StubServer.Ok(body));
        await using KekerProcess keker = await StartAsync(stub);

        await using (RawWebSocket session = await HelloAsync(keker, "word"))
            await session.ExpectCloseAsync(1013, "it cannot be checked now who you are: reconnect after a random delay");

        stub.Answer = _ => StubServer.Ok("{\"token\":\"alice\"}");
        await using RawWebSocket later = await HelloAsync(keker, "word");
        Assert.That((await later.ReadAsync()).Text, Does.StartWith("WELCOME "));
        await keker.Log.WaitForAsync("the auth URL does not decide");
        await keker.Log.WaitForAsync("the auth URL decides again");
    }

    [Test]
    public async Task A_member_that_is_null_is_absent()
    {
        await using var stub = new StubServer(_ => StubServer.Ok("{\"token\":\"alice\",\"expires_in\":null,\"channels\":null,\"subscribe\":null,\"more\":null}"));
        await using KekerProcess keker = await StartAsync(stub);
        await using RawWebSocket session = await HelloAsync(keker, "word");

        Assert.That((await session.ReadAsync()).Text, Does.StartWith("WELCOME "));
        await session.SendTextAsync("SUBSCRIBE news");
        await session.ExpectTextAsync("ERR not-allowed news");
    }

    [Test]
    public async Task A_redirect_is_not_followed()
    {
        await using var other = new StubServer(_ => StubServer.Ok(Alice));
        await using var stub = new StubServer(_ => StubServer.Status(307, $"Location: {other.Url}\r\n"));
        await using KekerProcess keker = await StartAsync(stub);
        await using RawWebSocket session = await HelloAsync(keker, "word");

        await session.ExpectCloseAsync(1013);

        Assert.That(other.Asked, Is.Empty);
    }

    [Test]
    public async Task An_answer_that_is_too_large_lets_nobody_in()
    {
        await using var stub = new StubServer(_ => StubServer.Ok($"{{\"token\":\"alice\",\"x\":\"{new string('x', 10 << 20)}\"}}"));
        await using KekerProcess keker = await StartAsync(stub);
        await using RawWebSocket session = await HelloAsync(keker, "word");

        await session.ExpectCloseAsync(1013);
    }

    [Test]
    public async Task Silence_and_a_backend_that_is_gone_are_1013_and_others_go_on()
    {
        var stub = new StubServer(_ => null);
        await using KekerProcess keker = await StartAsync(stub);
        await using (RawWebSocket silent = await HelloAsync(keker, "word"))
            await silent.ExpectCloseAsync(1013);
        stub.Answer = body => body.Contains("good", StringComparison.Ordinal) ? StubServer.Ok(Alice) : null;
        await using RawWebSocket good = await HelloAsync(keker, "good");
        Assert.That((await good.ReadAsync()).Text, Does.StartWith("WELCOME "));
        await good.ReadAsync();

        await stub.DisposeAsync();

        await using (RawWebSocket gone = await HelloAsync(keker, "word"))
            await gone.ExpectCloseAsync(1013);
        await good.SendTextAsync("HELLO good");
        await good.ExpectTextAsync("ERR try-later it cannot be checked now who you are: try again after a random delay");
        using var backend = new Backend(keker.EndPoint);
        Assert.That((await backend.PublishAsync("alice", "still")).Status, Is.EqualTo(200));
        Assert.That((await good.ReadAsync()).Text, Does.EndWith("\nstill"));
    }

    [Test]
    public async Task An_answer_with_a_max_age_is_kept_so_long_a_refusal_too()
    {
        await using var stub = new StubServer(body => body.Contains("bad", StringComparison.Ordinal)
            ? StubServer.Status(401, "Cache-Control: max-age=60\r\n")
            : StubServer.Ok(Alice, body.Contains("kept", StringComparison.Ordinal) ? "Cache-Control: private, max-age=60\r\n" : "Cache-Control: no-store, max-age=60\r\n"));
        await using KekerProcess keker = await StartAsync(stub);
        foreach (string word in new[] { "kept", "kept", "fresh", "fresh", "kept" })
        {
            await using RawWebSocket session = await HelloAsync(keker, word);
            Assert.That((await session.ReadAsync()).Text, Does.StartWith("WELCOME "));
        }
        for (int i = 0; i < 2; i++)
        {
            await using RawWebSocket session = await HelloAsync(keker, "bad");
            await session.ExpectCloseAsync(4401);
        }

        Assert.That(stub.Asked.Select(body => JsonDocument.Parse(body).RootElement.GetProperty("auth_info").GetString()), Is.EqualTo(new[] { "kept", "fresh", "fresh", "bad" }));
    }

    [Test]
    public async Task A_crowd_asks_256_at_a_time_and_everybody_gets_in()
    {
        await using var stub = new StubServer(body => StubServer.Ok($"{{\"token\":{JsonDocument.Parse(body).RootElement.GetProperty("auth_info").GetRawText()}}}"));
        await using KekerProcess keker = await StartAsync(stub);

        RawWebSocket[] sessions = await Task.WhenAll(Enumerable.Range(0, 600).Select(i => HelloAsync(keker, $"w{i}")));

        foreach (RawWebSocket session in sessions)
        {
            Assert.That((await session.ReadAsync()).Text, Does.StartWith("WELCOME "));
            await session.DisposeAsync();
        }
        Assert.That(stub.MostOpen, Is.LessThanOrEqualTo(256));
    }

    [Test]
    public async Task Beside_a_key_the_backend_is_asked_for_what_is_no_token_only()
    {
        await using var stub = new StubServer(_ => StubServer.Ok("{\"token\":\"bob\"}"));
        await using SignedServer server = await SignedServer.StartAsync("HS256", "--auth-url", stub.Url);
        await using RawWebSocket alice = await server.JoinAsync("\"sub\":\"alice\"");
        await using RawWebSocket expired = await server.ConnectAsync();
        await expired.SendTextAsync($"HELLO {server.Maker.Token("\"sub\":\"alice\"", lifetime: -100)}");
        await expired.ExpectCloseAsync(4401);
        await using RawWebSocket bob = await server.ConnectAsync();
        await bob.SendTextAsync("HELLO a.word.with-dots");
        Assert.That((await bob.ReadAsync()).Text, Does.StartWith("WELCOME "));

        Assert.That(stub.Asked, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_certificate_for_another_name_lets_nobody_in()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 good = Certificate(key, "localhost");
        using X509Certificate2 wrong = Certificate(key, "other.example.com");
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory.File("ca.pem"), good.ExportCertificatePem() + "\n" + wrong.ExportCertificatePem());
        foreach ((X509Certificate2 certificate, bool isGood) in new[] { (good, true), (wrong, false) })
        {
            await using var stub = new StubServer(_ => StubServer.Ok("{\"token\":\"alice\"}"), certificate);
            await using KekerProcess keker = await KekerProcess.StartByAsync(["env", $"SSL_CERT_FILE={directory.File("ca.pem")}"], "--auth-url", stub.Url);
            await using RawWebSocket session = await HelloAsync(keker, "word");

            if (isGood)
                Assert.That((await session.ReadAsync()).Text, Does.StartWith("WELCOME "));
            else
                await session.ExpectCloseAsync(1013);
            Assert.That(stub.Asked, Has.Count.EqualTo(isGood ? 1 : 0));
        }
    }

    [Test]
    public async Task What_is_said_while_the_backend_thinks_is_held_back()
    {
        using var gate = new SemaphoreSlim(0);
        await using var stub = new StubServer(_ =>
        {
            gate.Wait(Patience.Limit);
            return StubServer.Ok("{\"token\":\"alice\",\"subscribe\":[\"*\"]}");
        });
        await using KekerProcess keker = await StartAsync(stub);
        await using RawWebSocket session = await HelloAsync(keker, "word");
        await session.SendAsync([.. ClientFrame.Of(OpCode.Text, "SUBSCRIBE one"), .. ClientFrame.Of(OpCode.Text, "PING two")]);
        await using (RawWebSocket gone = await HelloAsync(keker, "gone"))
            await gone.SendTextAsync("PING");
        gate.Release(2);

        Assert.That((await session.ReadAsync()).Text, Does.StartWith("WELCOME "));
        Assert.That((await session.ReadAsync()).Text, Does.StartWith("OK SUBSCRIBE one "));
        await session.ExpectTextAsync("PONG two");
    }

    private static Task<KekerProcess> StartAsync(StubServer stub) => KekerProcess.StartAsync("--auth-url", stub.Url, "--verbose", "DEBUG");

    private static async Task<RawWebSocket> HelloAsync(KekerProcess keker, string word)
    {
        RawClient client = await RawClient.ConnectAsync(keker.EndPoint);
        await client.SendAsync(RawWebSocket.Handshake("Sec-WebSocket-Protocol: keker.v2", "Origin: https://app.example.com", "User-Agent: test"));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo((int)HttpStatusCode.SwitchingProtocols));
        var session = new RawWebSocket(client);
        await session.SendTextAsync($"HELLO {word}");
        return session;
    }

    private static X509Certificate2 Certificate(ECDsa key, string name)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}

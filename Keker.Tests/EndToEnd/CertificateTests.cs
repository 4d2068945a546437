using System.Security.Authentication;

namespace Keker.Tests.EndToEnd;

internal sealed class CertificateTests
{
    [Test]
    public async Task A_reload_changes_the_certificate_of_new_connections_and_leaves_old_ones_alone()
    {
        using var directory = new TempDirectory();
        var old = new TestCertificate();
        var renewed = new TestCertificate();
        old.WriteTo(directory);
        await using KekerProcess keker = await KekerProcess.StartAsync(TestCertificate.OptionsFor(directory));
        using var backend = new Backend(keker.EndPoint, renewed);
        RawWebSocket session = await JoinAsync(keker, old);

        renewed.WriteTo(directory);
        keker.Send(Signal.HangUp);
        await keker.Log.WaitForAsync("certificate and keys reloaded");

        Assert.That(async () => await JoinAsync(keker, old), Throws.InstanceOf<AuthenticationException>());
        RawWebSocket later = await JoinAsync(keker, renewed);
        await backend.PublishAsync("one", "to both");
        await session.ExpectTextAsync("to both");
        await later.ExpectTextAsync("to both");
        await session.DisposeAsync();
        await later.DisposeAsync();
    }

    [Test]
    public async Task Files_that_cannot_be_used_leave_the_old_certificate_in_force()
    {
        using var directory = new TempDirectory();
        var good = new TestCertificate();
        good.WriteTo(directory);
        await using KekerProcess keker = await KekerProcess.StartAsync(TestCertificate.OptionsFor(directory));
        string goodCertificate = await File.ReadAllTextAsync(directory.File("cert.pem"));
        Action[] mistakes =
        [
            () => File.WriteAllText(directory.File("cert.pem"), "no certificate"),
            () => new TestCertificate(DateTimeOffset.UtcNow.AddDays(-1)).WriteTo(directory),
            () => File.WriteAllText(directory.File("cert.pem"), goodCertificate),
            () => File.Delete(directory.File("key.pem")),
        ];

        for (int i = 0; i < mistakes.Length; i++)
        {
            mistakes[i]();
            keker.Send(Signal.HangUp);
            string[] lines = await keker.Log.WaitForAsync("certificate and keys not reloaded", i + 1);
            Assert.That(lines, Has.All.Contains(" ERROR "));
            RawWebSocket session = await JoinAsync(keker, good);
            await session.DisposeAsync();
        }

        good.WriteTo(directory);
        keker.Send(Signal.HangUp);
        await keker.Log.WaitForAsync("certificate and keys reloaded");
    }

    [Test]
    public async Task Peers_that_do_not_speak_TLS_hurt_nobody()
    {
        using var directory = new TempDirectory();
        var certificate = new TestCertificate();
        certificate.WriteTo(directory);
        await using KekerProcess keker = await KekerProcess.StartAsync(["--verbose", "DEBUG", .. TestCertificate.OptionsFor(directory)]);
        RawWebSocket session = await JoinAsync(keker, certificate);
        using var backend = new Backend(keker.EndPoint, certificate);

        await using (RawClient plain = await RawClient.ConnectAsync(keker.EndPoint))
        {
            await plain.SendAsync(RawClient.Head("GET", "/v1/health"));
            await plain.DrainAsync();
        }
        await using (RawClient gone = await RawClient.ConnectAsync(keker.EndPoint))
            await gone.SendAsync("\u0016\u0003\u0001");

        await keker.Log.WaitForAsync("TLS handshake failed", 2);
        Assert.That((await backend.PublishAsync("one", "x")).Status, Is.EqualTo(200));
        await session.ExpectTextAsync("x");
        await session.DisposeAsync();
    }

    [Test]
    public async Task Plain_HTTP_on_the_TLS_port_is_told_so()
    {
        using var directory = new TempDirectory();
        new TestCertificate().WriteTo(directory);
        await using KekerProcess keker = await KekerProcess.StartAsync(TestCertificate.OptionsFor(directory));
        foreach (string request in new[] { RawClient.Head("GET", "/v1/health"), RawWebSocket.Handshake(), "P" })
        {
            await using RawClient plain = await RawClient.ConnectAsync(keker.EndPoint);

            await plain.SendAsync(request);

            RawResponse answer = await plain.ReadResponseAsync();
            Assert.That((answer.Status, answer.Closes), Is.EqualTo((400, true)));
            Assert.That(answer.Message, Does.StartWith("this port speaks TLS"));
            await plain.ExpectEndAsync();
        }
    }

    [Test]
    public async Task Handshakes_that_are_never_finished_keep_nobody_out()
    {
        using var directory = new TempDirectory();
        var certificate = new TestCertificate();
        certificate.WriteTo(directory);
        await using KekerProcess keker = await KekerProcess.StartAsync(TestCertificate.OptionsFor(directory));
        List<RawClient> stalled = [];
        for (int i = 0; i < 1200; i++)
        {
            stalled.Add(await RawClient.ConnectAsync(keker.EndPoint));
            await stalled[i].SendAsync("\u0016\u0003\u0001");
        }

        RawWebSocket session = await JoinAsync(keker, certificate);

        await session.DisposeAsync();
        foreach (RawClient client in stalled)
            await client.DisposeAsync();
    }

    [Test]
    public async Task A_signal_says_goodbye_over_TLS_too()
    {
        using var directory = new TempDirectory();
        var certificate = new TestCertificate();
        certificate.WriteTo(directory);
        await using KekerProcess keker = await KekerProcess.StartAsync(TestCertificate.OptionsFor(directory));
        RawWebSocket session = await JoinAsync(keker, certificate);

        keker.Send(Signal.Terminate);

        await session.ExpectCloseAsync(1001);
        await session.DisposeAsync();
        Assert.That(await keker.WaitForExitAsync(), Is.Zero);
    }

    private static async Task<RawWebSocket> JoinAsync(KekerProcess keker, TestCertificate certificate)
    {
        RawWebSocket session = await RawWebSocket.UpgradeAsync(await RawClient.ConnectTlsAsync(keker.EndPoint, certificate));
        await session.HelloAsync("one");
        return session;
    }
}

using System.Diagnostics;
using Keker.Tests.EndToEnd.Signed;

namespace Keker.Tests.EndToEnd;

/// <summary>A machine without OpenSSL: what needs it is refused at the start, in a sentence, and all else works.</summary>
[Platform("Linux")]
internal sealed class OpenSslTests
{
    /// <summary>Hides the libraries in a name space of its own, where root may do that.</summary>
    private const string Hide =
        "for file in $(find /lib /lib64 /usr/lib /usr/lib64 /usr/local/lib -name 'libssl.so*' -o -name 'libcrypto.so*' 2> /dev/null); do "
        + "mount --bind /dev/null \"$file\" || exit 77; done; exec \"$0\" \"$@\"";

    private static readonly string[] Launcher = ["unshare", "--mount", "sh", "-c", Hide];

    [OneTimeSetUp]
    public async Task LookWhetherItCanBeHiddenAsync()
    {
        try
        {
            using var probe = Process.Start(new ProcessStartInfo("unshare", ["--mount", "sh", "-c", Hide.Replace("exec \"$0\" \"$@\"", "exit 0", StringComparison.Ordinal)]))!;
            await probe.WaitForExitAsync().Soon("the probe");
            if (probe.ExitCode != 0)
                Assert.Ignore("name spaces for mounts need root");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("there is no unshare");
        }
    }

    [TestCase("HS256", "checking signed tokens needs OpenSSL")]
    [TestCase("RS256", "a public key of --jwt-key needs OpenSSL")]
    [TestCase("ES256", "a public key of --jwt-key needs OpenSSL")]
    public async Task A_key_of_tokens_is_refused(string algorithm, string reason)
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory.File("jwt.key"), TokenMaker.For(algorithm).FileContent);
        await ExpectRefusalAsync(reason, "--jwt-key", $"@{directory.File("jwt.key")}");
    }

    [TestCase("--jwt-jwks", "http://127.0.0.1:1/keys", "checking signed tokens needs OpenSSL")]
    [TestCase("--jwt-jwks", "https://127.0.0.1:1/keys", "checking signed tokens needs OpenSSL")]
    [TestCase("--auth-url", "https://127.0.0.1:1/ask", "asking a backend over https needs OpenSSL")]
    [TestCase("--hook-url", "HTTPS://127.0.0.1:1/hooks", "asking a backend over https needs OpenSSL")]
    public Task A_backend_over_https_is_refused(string option, string url, string reason) => ExpectRefusalAsync(reason, option, url);

    [Test]
    public async Task TLS_is_refused()
    {
        using var directory = new TempDirectory();
        new TestCertificate().WriteTo(directory);
        await ExpectRefusalAsync("TLS needs OpenSSL", TestCertificate.OptionsFor(directory));
    }

    [Test]
    public async Task All_else_works()
    {
        await using var stub = new StubServer(_ => StubServer.Ok("{\"token\":\"alice\"}"));
        await using KekerProcess keker = await KekerProcess.StartByAsync(Launcher, "--auth-url", stub.Url, "--hook-url", stub.Url, "--hook-secret", "secret");
        using var backend = new Backend(keker.EndPoint);
        await using RawWebSocket session = await RawWebSocket.ConnectAsync(keker.EndPoint);
        await session.SendTextAsync("HELLO word");
        await backend.WaitForStatAsync("sessions", sessions => sessions == 1);
        Assert.That((await backend.PublishAsync("alice", "x")).Status, Is.EqualTo(200));
        await session.ExpectTextAsync("x");
    }

    private static async Task ExpectRefusalAsync(string reason, params string[] options)
    {
        using Process process = KekerBinary.Prepare(["--listen", "127.0.0.1:0", .. options], Launcher);
        process.Start();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync().Soon("kekerd to exit");
        await process.WaitForExitAsync();
        Assert.That((process.ExitCode, errors.Trim(), await output), Is.EqualTo((1, $"kekerd: {reason}, and there is none here: install libssl3", "")));
    }
}

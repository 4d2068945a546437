using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Keker.Tests.Server.Broker;

namespace Keker.Tests.EndToEnd;

internal sealed class StartTests
{
    [Test]
    public async Task A_port_in_use_is_one_line_and_status_1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        ExitedProcess run = await KekerProcess.RunAsync("--listen", "127.0.0.1:0", "--listen", taken.LocalEndpoint.ToString()!);

        Assert.That(run.Status, Is.EqualTo(1));
        string[] lines = [.. run.OutputLines, .. run.ErrorLines];
        Assert.That(lines, Has.Length.EqualTo(1));
        Assert.That(lines[0], Does.Contain($"cannot listen on {taken.LocalEndpoint}: "));
    }

    [TestCase("missing")]
    [TestCase("no certificate")]
    [TestCase("another key")]
    [TestCase("expired")]
    public async Task A_certificate_that_cannot_be_used_is_one_line_and_status_1(string what)
    {
        using var directory = new TempDirectory();
        var certificate = new TestCertificate(what == "expired" ? DateTimeOffset.UtcNow.AddDays(-1) : null);
        certificate.WriteTo(directory);
        string key = await File.ReadAllTextAsync(directory.File("key.pem"));
        switch (what)
        {
            case "missing":
                File.Delete(directory.File("cert.pem"));
                break;
            case "no certificate":
                await File.WriteAllTextAsync(directory.File("cert.pem"), "text\n");
                break;
            case "another key":
                new TestCertificate().WriteTo(directory);
                await File.WriteAllTextAsync(directory.File("key.pem"), key);
                break;
        }

        ExitedProcess run = await KekerProcess.RunAsync(["--listen", "127.0.0.1:0", .. TestCertificate.OptionsFor(directory)]);

        Assert.That(run.Status, Is.EqualTo(1));
        string[] lines = [.. run.OutputLines, .. run.ErrorLines];
        Assert.That(lines, Has.Length.EqualTo(1));
        Assert.That(lines[0], Does.Contain(directory.File("cert.pem")));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_key_that_takes_a_passphrase_is_said_to_be_encrypted(bool pkcs8)
    {
        using var directory = new TempDirectory();
        new TestCertificate().WriteTo(directory);
        using var key = System.Security.Cryptography.ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(directory.File("key.pem")));
        var parameters = new System.Security.Cryptography.PbeParameters(
            System.Security.Cryptography.PbeEncryptionAlgorithm.Aes128Cbc, System.Security.Cryptography.HashAlgorithmName.SHA256, 1000);
        await File.WriteAllTextAsync(directory.File("key.pem"), pkcs8
            ? key.ExportEncryptedPkcs8PrivateKeyPem("passphrase", parameters)
            : "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END EC PRIVATE KEY-----\n");

        ExitedProcess run = await KekerProcess.RunAsync(["--listen", "127.0.0.1:0", .. TestCertificate.OptionsFor(directory)]);

        Assert.That(run.Status, Is.EqualTo(1));
        string[] lines = [.. run.OutputLines, .. run.ErrorLines];
        Assert.That(lines, Has.Length.EqualTo(1));
        Assert.That(lines[0], Does.Contain("the key is encrypted"));
    }

    [Test]
    public async Task What_is_hardly_meant_is_a_warning()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-key", "short");
        Assert.That(await keker.Log.WaitForAsync("has fewer than 16 characters"), Has.Length.EqualTo(1).And.All.Contains(" WARN "));
    }

    [Test]
    public async Task Bad_options_are_told_all_at_once_on_standard_error_with_status_2()
    {
        ExitedProcess run = await KekerProcess.RunAsync(
            "--listen", "nowhere", "--timeout", "0", "--cert", "/tmp/c.pem", "--verbose", "LOUD", "--no-such-option", "--publish-key", "se cret");

        Assert.That(run.Status, Is.EqualTo(2));
        Assert.That(run.Output, Is.Empty);
        foreach (string name in new[] { "--listen", "--timeout", "--cert", "--verbose", "--no-such-option", "--publish-key" })
            Assert.That(run.ErrorLines.Count(line => line.Contains(name, StringComparison.Ordinal)), Is.GreaterThan(0), name);
        Assert.That(run.ErrorLines, Has.Length.EqualTo(6));
        Assert.That(run.Errors, Does.Not.Contain("cret"), "a key never shows");
    }

    [TestCase("--help")]
    [TestCase("-h")]
    [TestCase("--version")]
    public async Task Help_and_version_go_to_standard_output_with_status_0(string option)
    {
        ExitedProcess run = await KekerProcess.RunAsync(option);

        Assert.That((run.Status, run.Errors), Is.EqualTo((0, "")));
        Assert.That(run.Output, option == "--version" ? Does.Match(@"^kekerd \d+\.\d+\.\d+\S*\n$") : Does.Contain("--write-buffer"));
    }

    [TestCase("<&-")]
    [TestCase(">&-")]
    [TestCase("2>&-")]
    [TestCase("<&- >&-")]
    [TestCase(">&- 2>&-")]
    [TestCase("<&- >&- 2>&-")]
    [Platform("Linux")]
    public async Task It_serves_without_standard_input_and_outputs(string redirections)
    {
        using var directory = new TempDirectory();
        string socket = directory.File("socket");
        using Process process = KekerBinary.Prepare(["--listen", $"unix:{socket}"]);
        string[] command = ["-c", $"exec \"$0\" \"$@\" {redirections}", process.StartInfo.FileName, .. process.StartInfo.ArgumentList];
        process.StartInfo.FileName = "/bin/sh";
        process.StartInfo.ArgumentList.Clear();
        Array.ForEach(command, process.StartInfo.ArgumentList.Add);
        process.Start();
        try
        {
            TestBroker.WaitUntil(() => IsServed(socket) || process.HasExited, "it does not listen");
            Assert.That(process.HasExited, Is.False);
            await using RawClient client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(socket));
            await client.SendAsync(RawClient.Head("GET", "/v1/health"));
            Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
            for (int descriptor = 0; descriptor < 3; descriptor++)
            {
                string file = File.ResolveLinkTarget($"/proc/{process.Id}/fd/{descriptor}", returnFinalTarget: false)!.FullName;
                Assert.That(file, Does.EndWith("/dev/null").Or.Contains("pipe:"), $"{descriptor}");
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    [TestCase("--help", ">&-")]
    [TestCase("--version", "<&- >&- 2>&-")]
    [Platform("Linux")]
    public async Task Help_that_nobody_can_read_is_no_crash(string option, string redirections)
    {
        using Process process = KekerBinary.Prepare([]);
        process.StartInfo.ArgumentList.Add("-c");
        process.StartInfo.ArgumentList.Add($"exec '{process.StartInfo.FileName}' {option} {redirections}");
        process.StartInfo.FileName = "/bin/sh";
        process.Start();
        await process.WaitForExitAsync().Soon("the end");
        Assert.That(process.ExitCode, Is.Zero);
    }

    [Test]
    public async Task It_says_where_it_listens_one_line_each()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync(
            "--listen", "127.0.0.1:0", "--listen", "localhost:0", "--admin-listen", "127.0.0.1:0");

        Assert.That(keker.EndPoints.Select(endPoint => endPoint.Address), Is.All.EqualTo(IPAddress.Loopback));
        Assert.That((keker.EndPoints.Count, keker.AdminEndPoints.Count), Is.EqualTo((2, 1)));
        foreach (IPEndPoint endPoint in keker.EndPoints.Concat(keker.AdminEndPoints))
        {
            using var backend = new Backend(endPoint);
            Assert.That((await backend.GetAsync("/v1/health")).Status, Is.EqualTo(200));
        }
    }

    /// <summary>The file is there before anybody listens on it.</summary>
    private static bool IsServed(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

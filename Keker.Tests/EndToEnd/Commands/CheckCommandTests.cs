using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;

namespace Keker.Tests.EndToEnd.Commands;

/// <summary><c>kekerd check</c>: each mistake by its line and status, and nothing is started or left behind.</summary>
[Platform(Exclude = "Win")]
[UnsupportedOSPlatform("windows")]
internal sealed class CheckCommandTests
{
    private TempDirectory _directory = null!;

    [SetUp]
    public void Start() => _directory = new TempDirectory();

    [TearDown]
    public void Stop() => _directory.Dispose();

    [Test]
    public async Task All_that_is_well_is_told_line_by_line()
    {
        new TestCertificate(DateTimeOffset.UtcNow.AddDays(100), DateTimeOffset.UtcNow.AddDays(-20)).WriteTo(_directory);
        string key = Write("publish.key", "a-key-of-many-characters\n", UnixFileMode.UserRead);
        string jwt = Write("jwt.key", new string('s', 32), UnixFileMode.UserRead);
        string set = Write("set.json", "{\"keys\":[]}", UnixFileMode.UserRead);
        File.SetUnixFileMode(_directory.File("key.pem"), UnixFileMode.UserRead);

        ExitedProcess run = await CheckAsync(
            "--publish-key", $"@{key}", "--jwt-key", $"@{jwt}", "--jwt-jwks", set, "--allow-origin", "https://app.example.com", "--listen", $"unix:{_directory.File("socket")}",
            "--cert", _directory.File("cert.pem"), "--key", _directory.File("key.pem"));

        Assert.That((run.Status, run.Errors), Is.EqualTo((0, "")));
        Assert.That(run.OutputLines, Is.All.StartsWith("ok       "));
        Assert.That(run.OutputLines, Has.Length.EqualTo(6));
        Assert.That(run.Output, Does.Contain("is good for 99 days").Or.Contain("is good for 100 days"));
        Assert.That(File.Exists(_directory.File("socket")), Is.False);
    }

    [Test]
    public async Task Mistakes_in_the_options_are_the_servers_with_status_2()
    {
        string[] line = ["--timeout", "0", "--lstien", "x"];

        ExitedProcess check = await CommandProcess.RunAsync(["check", .. line]);
        ExitedProcess server = await KekerProcess.RunAsync(line);

        Assert.That((check.Status, check.Output, check.Errors), Is.EqualTo((2, "", server.Errors)));
        Assert.That(check.ErrorLines, Has.Length.EqualTo(2));
    }

    [Test]
    public async Task The_environment_is_the_servers()
    {
        ExitedProcess run = await CommandProcess.RunAsync([], ["check"], ("KEKER_CACHE", "soon"));

        Assert.That((run.Status, run.ErrorLines.Length), Is.EqualTo((2, 1)));
        Assert.That(run.Errors, Does.StartWith("kekerd: KEKER_CACHE 'soon': expected"));
    }

    [TestCase(-1.0, "error", "expired on ", 1)]
    [TestCase(13.9, "warning", "ends in 13 days, on ", 0)]
    [TestCase(15.1, "ok", "is good for 15 days, until ", 0)]
    public async Task A_certificate_is_judged_by_its_end(double days, string kind, string text, int status)
    {
        new TestCertificate(DateTimeOffset.UtcNow.AddDays(days), DateTimeOffset.UtcNow.AddDays(-20)).WriteTo(_directory);

        ExitedProcess run = await CheckAsync(TestCertificate.OptionsFor(_directory));

        Assert.That(run.Status, Is.EqualTo(status));
        Assert.That(run.OutputLines, Has.One.Matches<string>(line => line.StartsWith($"{kind,-8} --cert '", StringComparison.Ordinal) && line.Contains(text, StringComparison.Ordinal)));
    }

    [Test]
    public async Task A_certificate_that_is_not_valid_yet_is_an_error()
    {
        new TestCertificate(DateTimeOffset.UtcNow.AddDays(11)).WriteTo(_directory);

        ExitedProcess run = await CheckAsync(TestCertificate.OptionsFor(_directory));

        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.OutputLines, Has.One.Match("^error    --cert '.*': is not valid yet: it begins on "));
    }

    [Test]
    public async Task Files_that_cannot_be_used_are_errors()
    {
        new TestCertificate().WriteTo(_directory);
        string other = Write("other.pem", "no key");

        ExitedProcess certificate = await CheckAsync("--cert", _directory.File("cert.pem"), "--key", other);
        ExitedProcess missing = await CheckAsync("--cert", "/no/such.pem", "--key", other);
        ExitedProcess set = await CheckAsync("--jwt-jwks", other);

        Assert.That((certificate.Status, missing.Status, set.Status), Is.EqualTo((1, 1, 1)));
        Assert.That(certificate.OutputLines, Has.One.StartsWith("error    --cert "));
        Assert.That(missing.OutputLines, Has.One.Match("^error    --cert '/no/such.pem': .*/no/such.pem"));
        Assert.That(set.OutputLines, Has.One.Match("^error    --jwt-jwks '.*other.pem': it is no JSON Web Key Set$"));
    }

    [Test]
    public async Task A_set_of_keys_that_cannot_be_fetched_now_is_a_warning()
    {
        ExitedProcess run = await CheckAsync("--jwt-jwks", $"http://127.0.0.1:{FreePort.Find()}/set");

        Assert.That(run.Status, Is.Zero);
        Assert.That(run.OutputLines, Has.One.Match("^warning  --jwt-jwks '.*': Connection refused .*; until it can be had no token is let in$"));
    }

    [Test]
    public async Task What_is_open_is_a_warning()
    {
        string key = Write("publish.key", "short");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        ExitedProcess open = await CheckAsync();
        ExitedProcess weak = await CheckAsync("--publish-key", $"@{key}");

        Assert.That((open.Status, weak.Status), Is.EqualTo((0, 0)));
        Assert.That(open.OutputLines, Has.One.StartsWith("warning  --publish-key: none").And.One.StartsWith("warning  --allow-origin: none"));
        Assert.That(weak.OutputLines, Has.One.Contains("can be guessed").And.One.Contains("chmod o-r"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_kekerd_that_serves_there_is_named_and_is_not_disturbed(bool isSecure)
    {
        new TestCertificate().WriteTo(_directory);
        string[] options = isSecure ? TestCertificate.OptionsFor(_directory) : [];
        string path = _directory.File("socket");
        await using KekerProcess keker = await KekerProcess.StartAsync(["--listen", "127.0.0.1:0", "--listen", $"unix:{path}", .. options]);

        ExitedProcess run = await CommandProcess.RunAsync(["check", "--listen", keker.EndPoint.ToString(), "--listen", $"unix:{path}", .. options]);
        ExitedProcess wildcard = await CommandProcess.RunAsync("check", "--listen", $"0.0.0.0:{keker.EndPoint.Port}");

        Assert.That((run.Status, wildcard.Status), Is.EqualTo((0, 0)));
        Assert.That(run.OutputLines.Count(line => line.EndsWith(": a kekerd serves there already: stop it before another one starts", StringComparison.Ordinal)), Is.EqualTo(2));
        Assert.That(wildcard.Output, Does.Contain("a kekerd serves there already"));
        Assert.That((File.Exists(path), keker.HasExited), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task Anybody_else_who_listens_there_is_an_error()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task answers = AnswerAsync(listener, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");

        ExitedProcess run = await CommandProcess.RunAsync("check", "--listen", listener.LocalEndpoint.ToString()!);

        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.OutputLines, Has.One.EqualTo($"error    --listen '{listener.LocalEndpoint}': somebody listens there already"));
        listener.Stop();
        await answers;
    }

    [Test]
    public async Task Addresses_that_cannot_be_bound_are_errors()
    {
        string file = Write("file", "somebody's data");
        int port = FreePort.Find();

        ExitedProcess run = await CommandProcess.RunAsync(
            "check", "--listen", "192.0.2.1:1", "--listen", $"unix:{file}", "--listen", "unix:/no/such/socket", "--listen", $"127.0.0.1:{port}", "--admin-listen", $"0.0.0.0:{port}");

        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.OutputLines.Where(line => line.StartsWith("error", StringComparison.Ordinal)), Is.EqualTo(new[]
        {
            "error    --listen '192.0.2.1:1': Cannot assign requested address",
            $"error    --listen 'unix:{file}': there is a file, which is no socket",
            "error    --listen 'unix:/no/such/socket': there is no directory /no/such",
            $"error    --admin-listen '0.0.0.0:{port}': somebody listens there already",
        }));
        Assert.That(await File.ReadAllTextAsync(file), Is.EqualTo("somebody's data"));
    }

    [Test]
    public async Task A_command_in_the_wrong_place_is_told_where_it_belongs()
    {
        ExitedProcess late = await KekerProcess.RunAsync("--echo", "on", "check");
        ExitedProcess mistyped = await KekerProcess.RunAsync("chekc");

        Assert.That((late.Status, mistyped.Status), Is.EqualTo((2, 2)));
        Assert.That(late.ErrorLines, Is.EqualTo(new[] { "kekerd: 'check': belongs to no option, expected options only, or a command first: kekerd check" }));
        Assert.That(mistyped.ErrorLines, Is.EqualTo(new[] { "kekerd: 'chekc': belongs to no option, expected options only, or a command first: kekerd check" }));
    }

    private static Task<ExitedProcess> CheckAsync(params string[] options) =>
        CommandProcess.RunAsync(options.Contains("--listen") ? ["check", .. options] : ["check", "--listen", "127.0.0.1:0", .. options]);

    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        try
        {
            while (true)
            {
                using TcpClient client = await listener.AcceptTcpClientAsync();
                byte[] request = new byte[4096];
                await client.GetStream().ReadAtLeastAsync(request, 1, throwOnEndOfStream: false);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }

    private string Write(string name, string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        string path = _directory.File(name);
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, mode);
        return path;
    }
}

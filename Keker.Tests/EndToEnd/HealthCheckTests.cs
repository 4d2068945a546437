using System.Net;
using System.Net.Sockets;

namespace Keker.Tests.EndToEnd;

/// <summary>kekerd --health: for images without curl.</summary>
internal sealed class HealthCheckTests
{
    private const string Ok = ": 200 ok\n";

    [Test]
    public async Task The_server_with_the_same_options_is_asked()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--listen", "0.0.0.0:0");
        await ExpectAsync(0, $"kekerd: http://127.0.0.1:{keker.EndPoint.Port}/v1/health{Ok}", "--listen", $"0.0.0.0:{keker.EndPoint.Port}", "--health");
        await ExpectAsync(0, $"kekerd: http://127.0.0.1:{keker.EndPoint.Port}/v1/health{Ok}", "--health", "--listen", $"127.0.0.1:{keker.EndPoint.Port}");
        await ExpectAsync(0, $"kekerd: http://127.0.0.1:{keker.EndPoint.Port}/v1/health{Ok}", "--health", $"http://127.0.0.1:{keker.EndPoint.Port}");
        await ExpectAsync(0, $"kekerd: http://127.0.0.1:{keker.EndPoint.Port}/v1/ready: 200 ready\n", "--health", $"http://127.0.0.1:{keker.EndPoint.Port}/v1/ready");
        await ExpectAsync(1, $"kekerd: http://127.0.0.1:{keker.EndPoint.Port}/v1/stat: 404 no such endpoint\n", "--health", $"http://127.0.0.1:{keker.EndPoint.Port}/v1/stat");
    }

    [Test]
    public async Task A_certificate_is_not_asked_for_its_name()
    {
        using var directory = new TempDirectory();
        new TestCertificate().WriteTo(directory);
        string[] tls = TestCertificate.OptionsFor(directory);
        await using KekerProcess keker = await KekerProcess.StartAsync(["--listen", "127.0.0.1:0", .. tls]);
        await ExpectAsync(0, $"kekerd: https://{keker.EndPoint}/v1/health{Ok}", ["--listen", $"{keker.EndPoint}", .. tls, "--health"]);
        ExitedProcess byUrl = await KekerProcess.RunAsync("--health", $"https://{keker.EndPoint}");
        Assert.That(byUrl.Status, Is.EqualTo(1), "who names a URL has it looked at as everybody has");
    }

    [TestCase("")]
    [TestCase(",proxy")]
    public async Task A_unix_socket_is_asked_also_where_a_PROXY_header_comes_first(string setting)
    {
        using var directory = new TempDirectory();
        string address = $"unix:{directory.File("socket")}{setting}";
        await using KekerProcess keker = await KekerProcess.StartAsync("--listen", address);
        await ExpectAsync(0, $"kekerd: http://localhost/v1/health{Ok}", "--listen", address, "--health");
        if (setting.Length == 0)
            await ExpectAsync(0, $"kekerd: http://localhost/v1/health{Ok}", "--health", address);
    }

    [Test]
    public async Task Nobody_there_and_nobody_who_answers_are_status_1()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await ExpectAsync(1, $"kekerd: http://{silent.LocalEndpoint}/v1/health: no answer within 2 s\n", "--health", "--listen", $"{silent.LocalEndpoint}");
        silent.Stop();
        ExitedProcess nobody = await KekerProcess.RunAsync("--health", "--listen", $"{silent.LocalEndpoint}");
        Assert.That((nobody.Status, nobody.OutputLines.Length, nobody.Errors), Is.EqualTo((1, 1, "")));
    }

    [TestCase("--health", "nonsense")]
    [TestCase("--health", "--listen", "127.0.0.1:0")]
    [TestCase("--health", "--listen", "nowhere")]
    public async Task What_cannot_be_asked_is_one_line_and_status_1(params string[] options)
    {
        ExitedProcess run = await KekerProcess.RunAsync(options);
        Assert.That((run.Status, run.OutputLines.Length + run.ErrorLines.Length), Is.EqualTo((1, 1)));
    }

    private static async Task ExpectAsync(int status, string output, params string[] options)
    {
        ExitedProcess run = await KekerProcess.RunAsync(options);
        Assert.That((run.Status, run.Output, run.Errors), Is.EqualTo((status, output, "")));
    }
}

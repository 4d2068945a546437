using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Keker.Server.Observability;

namespace Keker.Tests.EndToEnd;

/// <summary>What the log says at the start and of who does what, and how its lines look.</summary>
internal sealed class LogTests
{
    [Test]
    public async Task The_first_lines_say_who_runs_where_with_what()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-key", "SECRET-key-of-20-chars", "--cache", "7s");
        string[] lines = keker.Log.Text.Split('\n');

        Assert.That(lines[0], Does.Match(
            $@"Z INFO  kekerd \d+\.\d+\.\d+\S* starts: pid {keker.ProcessId}, \d+ descriptors, \d+ MiB of memory, publishing needs a key, no TLS$"));
        Assert.That(lines[1], Does.Contain(" INFO  settings: listen=127.0.0.1:0 ").And.Contain(" cache=7s ").And.Contain(" publish-key=(1) ").And.Contain(" log-format=text "));
        Assert.That(lines[2], Does.Contain("listening on "));
        Assert.That(keker.Log.Text, Does.Not.Contain("SECRET"));
    }

    [Test]
    public async Task A_certificate_that_ends_soon_is_a_warning_at_the_start_and_at_a_reload()
    {
        using var directory = new TempDirectory();
        DateTimeOffset end = DateTimeOffset.UtcNow.AddDays(5);
        new TestCertificate(end).WriteTo(directory);
        await using KekerProcess keker = await KekerProcess.StartAsync(TestCertificate.OptionsFor(directory));
        Assert.That(keker.Log.Text, Does.Contain($", TLS until {end:yyyy-MM-dd}T"));
        await keker.Log.WaitForAsync(" WARN  the certificate ends in 5 days");

        keker.Send(Signal.HangUp);
        await keker.Log.WaitForAsync(" WARN  the certificate ends in 5 days", 2);

        new TestCertificate(DateTimeOffset.UtcNow.AddDays(90)).WriteTo(directory);
        keker.Send(Signal.HangUp);
        string[] reloads = await keker.Log.WaitForAsync("certificate and keys reloaded: TLS until ", 2);
        Assert.That(reloads[1], Does.Contain($"TLS until {DateTimeOffset.UtcNow.AddDays(90):yyyy-MM-dd}T").And.EndsWith("publish keys none"));
        Assert.That(await keker.Log.WaitForAsync("the certificate ends in"), Has.Length.EqualTo(2));
    }

    [Test]
    public async Task Who_logs_out_and_which_key_is_used_shows_and_not_the_key()
    {
        const string key = "SECRET-key-of-20-chars";
        string hash = LogText.Token(Encoding.ASCII.GetBytes(key));
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-key", key, "--verbose", "DEBUG");
        using var backend = new Backend(keker.EndPoint) { Key = key };

        await backend.PublishAsync("one", "x");
        await keker.Log.WaitForAsync($" DEBUG key {hash} used");
        await backend.DeleteAsync("/v1/sessions?token=one&refuse=9");

        await keker.Log.WaitForAsync($"logged out by the backend, refused for 9 s; asked by 127.0.0.1 with key {hash}");
        Assert.That(keker.Log.Text, Does.Not.Contain("SECRET"));
    }

    [Test]
    public async Task JSON_is_one_object_a_line_from_the_first_to_the_last()
    {
        using var directory = new TempDirectory();
        await using KekerProcess keker = await KekerProcess.StartAsync("--listen", $"unix:{directory.File("socket")}", "--log-format", "json", "--verbose", "DEBUG");
        await using (RawClient client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(directory.File("socket"))))
        {
            await client.SendAsync("nonsense\r\n\r\n");
            await client.ReadResponseAsync();
        }
        keker.Send(Signal.Terminate);
        Assert.That(await keker.WaitForExitAsync(), Is.Zero);

        JsonElement[] lines = [.. keker.Log.Text.Split('\n').Where(line => !line.StartsWith('(')).Select(line => JsonDocument.Parse(line).RootElement)];
        string[] events = [.. lines.Select(line => line.GetProperty("event").GetString()!)];
        Assert.That(events[..3], Is.EqualTo(new[] { "starting", "settings_in_force", "listening" }));
        Assert.That(events, Does.Contain("request_refused").And.Contain("stopped"));
        Assert.That(lines[0].GetProperty("process_id").GetInt32(), Is.EqualTo(keker.ProcessId));
        Assert.That(lines.Select(line => line.GetProperty("level").GetString()).Distinct(), Is.SubsetOf(new[] { "DEBUG", "INFO", "WARN" }));
    }

    /// <summary>A socket that stands for the journal: the variable names it.</summary>
    [Test]
    [Platform("Linux")]
    public async Task Where_the_log_goes_to_the_journal_lines_have_priorities([Values] bool isNamed)
    {
        using var journal = new TcpListener(IPAddress.Loopback, 0);
        journal.Start();
        int port = ((IPEndPoint)journal.LocalEndpoint).Port;
        string variable = isNamed ? "$(stat -L -c %d:%i /proc/$$/fd/1)" : "8:1";
        using Process process = KekerBinary.Prepare(
            ["--listen", "127.0.0.1:0"], "bash", "-c", $"exec 1<>/dev/tcp/127.0.0.1/{port}; export JOURNAL_STREAM={variable}; exec \"$0\" \"$@\"");
        process.Start();
        try
        {
            using TcpClient reader = await journal.AcceptTcpClientAsync().Soon("a connection");
            using var lines = new StreamReader(reader.GetStream());
            string? first = await lines.ReadLineAsync().Soon("a line");
            Assert.That(first, isNamed ? Does.StartWith("<6>kekerd ") : Does.Match("^20.*Z INFO  kekerd "));
            if (!isNamed)
                return;
            string? line = first;
            while (line is not null && !line.StartsWith("<4>publishing is open", StringComparison.Ordinal))
                line = await lines.ReadLineAsync().Soon("a warning");
            Assert.That(line, Is.Not.Null);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }
}

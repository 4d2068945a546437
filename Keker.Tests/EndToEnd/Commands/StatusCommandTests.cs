namespace Keker.Tests.EndToEnd.Commands;

/// <summary><c>kekerd status</c> on a server that runs, that drains, and on none.</summary>
internal sealed class StatusCommandTests
{
    [Test]
    public async Task A_person_gets_what_is_asked_first_in_twenty_lines()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-key", "key-of-the-backend-1");
        await using RawWebSocket page = await RawWebSocket.JoinAsync(keker.EndPoint, "alice");
        using var backend = new Backend(keker.EndPoint) { Key = "key-of-the-backend-1" };
        await backend.PublishAsync("alice", "hi");

        ExitedProcess run = await CommandProcess.RunAsync([], ["status"], ("KEKER_URL", $"http://{keker.EndPoint}"), ("KEKER_PUBLISH_KEY", "key-of-the-backend-1"));

        Assert.That((run.Status, run.Errors), Is.EqualTo((0, "")));
        Assert.That(run.OutputLines, Has.Length.InRange(8, 20));
        Assert.That(run.OutputLines[0], Does.Match($@"^kekerd \d+\.\d+\.\d+\S* at http://{keker.EndPoint}: serves$"));
        Assert.That(run.Output, Does.Contain("1 of 1 recipients").And.Contain(", 1 in all").And.Contain(" MiB of "));
    }

    [Test]
    public async Task Without_the_key_or_at_the_wrong_listener_it_says_what_is_missing()
    {
        await using KekerProcess keyed = await KekerProcess.StartAsync("--publish-key", "key-of-the-backend-1");
        await using KekerProcess split = await KekerProcess.StartAsync("--admin-listen", "127.0.0.1:0");

        ExitedProcess without = await CommandProcess.RunAsync("status", "--url", $"http://{keyed.EndPoint}");
        ExitedProcess wrong = await CommandProcess.RunAsync("status", "--url", $"http://{split.EndPoint}");
        ExitedProcess right = await CommandProcess.RunAsync("status", "--url", $"http://{split.AdminEndPoints[0]}");

        Assert.That((without.Status, wrong.Status, right.Status), Is.EqualTo((1, 1, 0)));
        Assert.That(without.ErrorLines, Has.One.EndsWith("; show a publish key with --key"));
        Assert.That(wrong.ErrorLines, Has.One.EndsWith("; where the server has an --admin-listen, --url has to name it"));
    }

    [Test]
    public async Task A_server_that_is_not_there_is_status_1()
    {
        ExitedProcess run = await CommandProcess.RunAsync("status", "--url", $"http://127.0.0.1:{FreePort.Find()}");

        Assert.That((run.Status, run.Output, run.ErrorLines.Length), Is.EqualTo((1, "", 1)));
        Assert.That(run.Errors, Does.EndWith("Connection refused\n"));
    }
}

using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

/// <summary>What a backend is told, and what it can make of it.</summary>
internal sealed class HookTests
{
    private const string SecretKey = "hook-tests-publish-key";
    private const string Secret = "hook-tests-secret";

    [Test]
    public async Task A_backend_is_told_who_comes_and_goes_and_what_nobody_fetched()
    {
        var model = new PresenceModel(Secret, SecretKey);
        await using var receiver = new HookReceiver(model.TakeAsync);
        receiver.Start();
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory.File("secret"), Secret + "\n");
        await using KekerProcess keker = await KekerProcess.StartAsync(
            "--hook-url", receiver.Url, "--hook-secret", $"@{directory.File("secret")}", "--publish-key", SecretKey);
        model.Keker = keker.EndPoint;
        await using RawClient backend = await RawClient.ConnectAsync(keker.EndPoint);
        await backend.SendAsync("PUT", "/v1/publish", "x", "Token: absent", "TTL: 1", "Idempotency-Key: k1", $"Authorization: Bearer {SecretKey}");
        await backend.ReadResponseAsync();
        await using (RawWebSocket alice = await RawWebSocket.JoinAsync(keker.EndPoint, "alice"))
        {
            await alice.SendAsync([.. ClientFrame.Of(OpCode.Text, "SUBSCRIBE news"), .. ClientFrame.Of(OpCode.Ping, "in")]);
            await alice.ReadAsync();
            await UntilAsync(() => model.Online.SetEquals(["alice", "#news"]), "alice and the topic");
        }
        await UntilAsync(() => model.Online.Count == 0, "nobody");
        await UntilAsync(() => model.Events.Contains("expired absent"), "the message that expired");

        keker.Send(Signal.Terminate);
        Assert.That(await keker.WaitForExitAsync(), Is.Zero);
        Assert.That(model.Mistakes, Is.Empty);
        Assert.That(model.Events, Does.Contain("offline alice").And.Contain("vacated #news"));
        Assert.That(keker.Log.Text, Does.Not.Contain("alice").And.Not.Contain(Secret));
    }

    [Test]
    public async Task Who_is_online_converges_whoever_is_killed([Values(1, 2)] int seed)
    {
        var model = new PresenceModel(Secret, SecretKey);
        var random = new Random(seed);
        await using var receiver = new HookReceiver(model.TakeAsync);
        receiver.Start();
        KekerProcess keker = await StartAsync(receiver, model);
        Dictionary<string, RawWebSocket> sessions = [];
        bool isUp = true;
        int restarts = 0;
        try
        {
            for (int step = 0; step < 120; step++)
            {
                string token = $"t{random.Next(12)}";
                switch (random.Next(20))
                {
                    case < 9:
                        if (!sessions.ContainsKey(token))
                            sessions[token] = await RawWebSocket.JoinAsync(keker.EndPoint, token);
                        break;
                    case < 15:
                        if (sessions.Remove(token, out RawWebSocket? leaving))
                            await leaving.DisposeAsync();
                        break;
                    case < 19:
                        if (isUp)
                            await receiver.KillAsync();
                        else
                            receiver.Start();
                        isUp = !isUp;
                        break;
                    case 19 when restarts < 3:
                        restarts++;
                        await keker.DisposeAsync();
                        foreach (RawWebSocket session in sessions.Values)
                            await session.DisposeAsync();
                        sessions.Clear();
                        keker = await StartAsync(receiver, model);
                        break;
                }
            }
            if (!isUp)
                receiver.Start();
            await UntilAsync(() => model.Online.SetEquals(sessions.Keys), "the model to be right");
            Assert.That(model.Mistakes, Is.Empty);
            Assert.That(model.Snapshots, Is.Positive);
            Assert.That(keker.Log.Text, Does.Not.Contain("internal error"));
        }
        finally
        {
            foreach (RawWebSocket session in sessions.Values)
                await session.DisposeAsync();
            await keker.DisposeAsync();
        }
    }

    private static async Task<KekerProcess> StartAsync(HookReceiver receiver, PresenceModel model)
    {
        KekerProcess keker = await KekerProcess.StartAsync("--hook-url", receiver.Url, "--hook-secret", Secret, "--publish-key", SecretKey);
        model.Keker = keker.EndPoint;
        return keker;
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var timeout = new CancellationTokenSource(Patience.Limit);
        while (!condition())
        {
            Assert.That(timeout.IsCancellationRequested, Is.False, $"waited for {what}");
            await Task.Delay(20);
        }
    }
}

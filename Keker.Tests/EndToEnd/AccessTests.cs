namespace Keker.Tests.EndToEnd;

/// <summary>Who may publish, see statistics, and subscribe.</summary>
internal sealed class AccessTests
{
    [Test]
    public async Task With_publish_keys_backend_functions_need_one_of_them()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory.File("key"), "from-a-file\n");
        await using KekerProcess keker = await KekerProcess.StartAsync(
            "--publish-key", "first-key", "--publish-key", "second-key", "--publish-key", $"@{directory.File("key")}");

        foreach (string? key in new[] { null, "", "wrong", "first-ke", "first-keyx", "First-Key", "@" + directory.File("key") })
        {
            using var stranger = new Backend(keker.EndPoint) { Key = key };
            RawResponse[] refused =
            [
                await stranger.PublishAsync("a", "x"),
                await stranger.BroadcastAsync("x"),
                await stranger.GetAsync("/v1/stats"),
                await stranger.GetAsync("/v1/stats/sessions"),
            ];
            Assert.That(refused.Select(response => response.Status), Is.All.EqualTo(401), key);
            Assert.That((await stranger.GetAsync("/v1/health")).Status, Is.EqualTo(200));
        }

        foreach (string key in new[] { "first-key", "second-key", "from-a-file" })
        {
            using var backend = new Backend(keker.EndPoint) { Key = key };
            Assert.That((await backend.BroadcastAsync("x")).Status, Is.EqualTo(200));
            Assert.That((await backend.PublishAsync("a", "x")).Status, Is.EqualTo(404));
            Assert.That((await backend.GetAsync("/v1/stats")).Status, Is.EqualTo(200));
        }
        Assert.That(keker.Log.Text, Does.Not.Contain("publishing is open"));
    }

    [Test]
    public async Task With_a_key_the_list_of_sessions_names_tokens()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-key", "the-key");
        using var backend = new Backend(keker.EndPoint) { Key = "the-key" };
        await using RawWebSocket first = await RawWebSocket.JoinAsync(keker.EndPoint, "one");
        await using RawWebSocket second = await RawWebSocket.JoinAsync(keker.EndPoint, "one");
        await using RawWebSocket third = await RawWebSocket.JoinAsync(keker.EndPoint, "\"zwei\\");
        await backend.PublishAsync("absent", "cached");

        RawResponse response = await backend.GetAsync("/v1/stats/sessions");

        Assert.That(response.Status, Is.EqualTo(200));
        Assert.That(response.Data.GetProperty("recipients").GetInt32(), Is.EqualTo(2));
        Assert.That(
            response.Data.GetProperty("tokens").EnumerateArray().Select(row => (row.GetProperty("token").GetString(), row.GetProperty("sessions").GetInt32())),
            Is.EquivalentTo(new[] { ("one", 2), ("\"zwei\\", 1) }));
    }

    [Test]
    public async Task Without_a_key_publishing_is_open_with_a_warning_and_tokens_stay_hidden()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using var backend = new Backend(keker.EndPoint);

        Assert.That((await backend.BroadcastAsync("x")).Status, Is.EqualTo(200));
        Assert.That((await backend.GetAsync("/v1/stats")).Status, Is.EqualTo(200));
        Assert.That((await backend.GetAsync("/v1/stats/sessions")).Status, Is.EqualTo(403));
        Assert.That(await keker.Log.WaitForAsync("publishing is open"), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Statistics_count_what_happens()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--cache", "1m");
        using var backend = new Backend(keker.EndPoint);
        await using RawWebSocket session = await RawWebSocket.JoinAsync(keker.EndPoint, "one");

        await backend.PublishAsync("one", "a");
        await backend.PublishAsync("nobody", "b");
        await backend.BroadcastAsync("c");
        await backend.GetAsync("/v1/nothing");
        await session.ReadAsync();
        await session.ReadAsync();
        await backend.WaitForStatAsync("delivered", delivered => delivered == 2);

        RawResponse stats = await backend.GetAsync("/v1/stats");
        (string, long)[] expected =
        [
            ("connections", 2), ("sessions", 1), ("recipients", 1), ("published", 3), ("delivered", 2), ("cached", 1), ("cachedNow", 1),
            ("slowConsumers", 0), ("failedRequests", 1), ("protocolErrors", 0), ("refusedConnections", 0),
        ];
        Assert.That(expected.Select(row => (row.Item1, stats.Data.GetProperty(row.Item1).GetInt64())), Is.EqualTo(expected));
        Assert.That(stats.Data.GetProperty("draining").GetBoolean(), Is.False);
    }

    [Test]
    public async Task With_an_admin_listener_the_public_one_has_no_backend_functions()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--admin-listen", "127.0.0.1:0");
        using var outside = new Backend(keker.EndPoint);
        using var inside = new Backend(keker.AdminEndPoints[0]);
        await using RawWebSocket session = await RawWebSocket.JoinAsync(keker.EndPoint, "one");

        foreach (string path in new[] { "/v1/publish", "/v1/broadcast", "/v1/stats", "/v1/stats/sessions" })
            Assert.That((await outside.GetAsync(path)).Status, Is.EqualTo(404), path);
        Assert.That((await outside.PublishAsync("one", "x")).Status, Is.EqualTo(404));
        Assert.That((await outside.GetAsync("/v1/health")).Status, Is.EqualTo(200));

        Assert.That((await inside.PublishAsync("one", "from inside")).Status, Is.EqualTo(200));
        Assert.That((await inside.GetAsync("/v1/stats")).Status, Is.EqualTo(200));
        Assert.That((await inside.GetAsync("/v1/health")).Status, Is.EqualTo(200));
        Assert.That((await inside.GetAsync("/v1/subscribe")).Status, Is.EqualTo(404));
        await session.ExpectTextAsync("from inside");
    }

    [Test]
    public async Task Only_pages_of_allowed_origins_and_clients_without_one_may_subscribe()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync(
            "--allow-origin", "https://app.example", "--allow-origin", "http://localhost:8080", "--allow-origin", "https://*.wild.example");
        (string[] Headers, int Status)[] cases =
        [
            ([], 101),
            (["Origin: https://app.example"], 101),
            (["Origin: http://localhost:8080"], 101),
            (["Origin: https://tenant-1.wild.example"], 101),
            (["Origin: https://wild.example"], 403),
            (["Origin: https://a.b.wild.example"], 403),
            (["Origin: http://app.example"], 403),
            (["Origin: https://app.example:8443"], 403),
            (["Origin: https://app.example.evil.example"], 403),
            (["Origin: https://evil.example"], 403),
            (["Origin: null"], 403),
            (["Origin: "], 403),
            (["Origin: https://app.example", "Origin: https://evil.example"], 400),
        ];

        foreach ((string[] headers, int status) in cases)
        {
            await using RawClient client = await RawClient.ConnectAsync(keker.EndPoint);
            await client.SendAsync(RawWebSocket.Handshake(headers));
            Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(status), string.Join(", ", headers));
        }
        Assert.That(keker.Log.Text, Does.Not.Contain("any origin"));
    }
}

namespace Keker.Tests.EndToEnd;

/// <summary>Publishers that wait for confirmations, against a client that answers pings, one that does not, and one that vanishes.</summary>
internal sealed class ReceiptTests() : KekerFixture
{
    [Test]
    public async Task A_client_that_has_it_makes_it_200()
    {
        string token = NewToken();
        using Subscriber subscriber = await Subscriber.JoinAsync(Keker, Certificate, token);
        await Backend.WaitForStatAsync("sessions", sessions => sessions > 0);
        await using RawClient client = await ConnectAsync();

        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync("PUT", "/v1/publish", $"{i}", $"Token: {token}", "Prefer: wait=30");
            RawResponse response = await client.ReadResponseAsync();
            Assert.That((response.Status, response.Text), Is.EqualTo(
                (200, """{"message":"message received","data":{"sessions":1,"received":1,"pending":0,"cached":0}}""")));
            Assert.That(response.Header("Preference-Applied"), Is.EqualTo("wait=30"));
            Assert.That((await subscriber.ReadAsync()).Text, Is.EqualTo($"{i}"));
        }
    }

    [Test]
    public async Task A_client_that_is_silent_makes_it_202_when_the_time_is_up()
    {
        string token = NewToken();
        await using RawWebSocket silent = await JoinAsync(token);
        await using RawClient client = await ConnectAsync();

        await client.SendAsync("PUT", "/v1/publish", "x", $"Token: {token}", "Prefer: wait=1");
        await client.SendAsync("GET", "/v1/health", "");

        RawResponse response = await client.ReadResponseAsync();
        Assert.That((response.Status, response.Text), Is.EqualTo(
            (202, """{"message":"message not confirmed by all","data":{"sessions":1,"received":0,"pending":1,"cached":0}}""")));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200), "what is behind it is answered in turn");
    }

    [Test]
    public async Task A_client_that_vanishes_makes_it_202_and_gets_it_when_it_is_back()
    {
        string token = NewToken();
        RawWebSocket vanishing = await JoinAsync(token);
        await using RawClient client = await ConnectAsync();

        await client.SendAsync("PUT", "/v1/publish", "x", $"Token: {token}", "Prefer: wait=30");
        await vanishing.ExpectTextAsync("x");
        await vanishing.DisposeAsync();

        RawResponse response = await client.ReadResponseAsync();
        Assert.That((response.Status, response.Text), Is.EqualTo(
            (202, """{"message":"message not confirmed by all","data":{"sessions":1,"received":0,"pending":0,"cached":1}}""")));
        await using RawWebSocket back = await ConnectWebSocketAsync();
        await back.SendTextAsync($"HELLO {token}");
        await back.ExpectTextAsync("x");
    }

    [Test]
    public async Task A_wait_that_is_no_number_in_the_range_is_400()
    {
        await using RawClient client = await ConnectAsync();
        foreach (string wait in new[] { "0", "31", "x" })
        {
            await client.SendAsync("PUT", "/v1/publish", "", "Token: a", $"Prefer: wait={wait}");
            RawResponse response = await client.ReadResponseAsync();
            Assert.That((response.Status, response.Message), Is.EqualTo((400, "bad Prefer header: send wait=<seconds>, 1 to 30")));
        }
    }
}

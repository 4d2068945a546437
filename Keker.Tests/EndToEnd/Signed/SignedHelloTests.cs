namespace Keker.Tests.EndToEnd.Signed;

/// <summary>Signed tokens as HELLO, from outside.</summary>
internal sealed class SignedHelloTests
{
    [TestCase("HS256")]
    [TestCase("HS384")]
    [TestCase("HS512")]
    [TestCase("RS256")]
    [TestCase("RS384")]
    [TestCase("RS512")]
    [TestCase("PS256")]
    [TestCase("PS384")]
    [TestCase("PS512")]
    [TestCase("ES256")]
    [TestCase("ES384")]
    [TestCase("ES512")]
    public async Task A_signed_HELLO_is_welcome_and_gets_what_is_for_its_subject(string algorithm)
    {
        await using SignedServer server = await SignedServer.StartAsync(algorithm);
        await using RawWebSocket session = await server.JoinAsync("\"sub\":\"alice\"");
        using var backend = new Backend(server.Keker.EndPoint);

        Assert.That((await backend.PublishAsync("alice", "for Alice")).Status, Is.EqualTo(200));

        Assert.That((await session.ReadAsync()).Text, Does.EndWith("-\nfor Alice"));
    }

    [Test]
    public async Task In_plain_mode_too()
    {
        await using SignedServer server = await SignedServer.StartAsync();
        await using RawWebSocket session = await server.ConnectAsync(tagged: false);
        using var backend = new Backend(server.Keker.EndPoint);

        await session.HelloAsync(server.Maker.Token("\"sub\":\"alice\""));

        Assert.That((await backend.PublishAsync("alice", "for Alice")).Status, Is.EqualTo(200));
        await session.ExpectTextAsync("for Alice");
    }

    [Test]
    public async Task A_word_that_is_no_token_is_4401_and_the_reason_is_in_the_log_without_the_word()
    {
        await using SignedServer server = await SignedServer.StartAsync();
        await using RawWebSocket session = await server.ConnectAsync();

        await session.SendTextAsync("HELLO alice-7f3a9c");

        await session.ExpectCloseAsync(4401, "the token is not valid: get a fresh one");
        await server.Keker.Log.WaitForAsync("HELLO refused: Malformed");
        Assert.That(server.Keker.Log.Text, Does.Not.Contain("7f3a9c"));
    }
}

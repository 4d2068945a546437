using Keker.Protocol.WebSocket;

namespace Keker.Tests.Server.Broker.Sessions;

/// <summary>When the sending side of a WebSocket ends: with both Closes through, not with the first of them (RFC 6455 7.1.1).</summary>
internal sealed class CloseHandshakeTests
{
    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [TestCase(CloseCode.GoingAway)]
    [TestCase(CloseCode.UnsupportedData)]
    [TestCase(CloseCode.InvalidPayload)]
    [TestCase(CloseCode.PolicyViolation)]
    [TestCase(CloseCode.MessageTooBig)]
    [TestCase(CloseCode.InternalError)]
    [TestCase(CloseCode.TryAgainLater)]
    public void After_an_ordinary_Close_it_waits_for_the_clients(int code)
    {
        TestClient client = _broker.Join("t");
        client.Session.RequestClose((ushort)code, default);
        Assert.That((client.Wire.CloseCode, client.Wire.IsCloseSent, client.Wire.IsFinished), Is.EqualTo((code, true, false)));

        client.Session.ClientClosed();
        client.Session.ClientClosed();

        Assert.That(client.Wire.IsFinished, Is.True);
        Assert.That(client.Wire.Frames, Has.Count.EqualTo(1));
    }

    [Test]
    public void After_a_protocol_error_it_ends_at_once_whatever_the_client_says()
    {
        TestClient client = _broker.Join("t");
        client.Session.RequestClose(CloseCode.ProtocolError, default);
        Assert.That(client.Wire.IsFinished, Is.True);

        client.Session.ClientClosed();

        Assert.That(client.Wire.Frames, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_Close_of_the_client_is_answered_and_that_is_the_end()
    {
        TestClient client = _broker.Join("t");
        client.Session.ClientClosed();
        Assert.That(client.Wire.IsFinished, Is.False);

        client.Session.RequestClose(CloseCode.Normal, default);

        Assert.That((client.Wire.CloseCode, client.Wire.IsFinished), Is.EqualTo((1000, true)));
    }

    [Test]
    public void A_Close_of_the_client_that_crosses_one_that_waits_for_room_ends_it_once_that_is_out()
    {
        TestClient client = _broker.Join("t", new FakeTransport { Room = 1 });
        _broker.Publish("t", "message");
        client.Session.RequestClose(CloseCode.GoingAway, default);
        client.Session.ClientClosed();
        Assert.That((client.Wire.IsCloseSent, client.Wire.IsFinished), Is.EqualTo((false, false)));

        client.Wire.Unblock();

        Assert.That((client.Wire.CloseCode, client.Wire.IsFinished), Is.EqualTo((1001, true)));
    }
}

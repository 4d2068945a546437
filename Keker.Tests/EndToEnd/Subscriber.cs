using System.Net.WebSockets;
using System.Threading.Channels;
using Websocket.Client;

namespace Keker.Tests.EndToEnd;

/// <summary>A subscriber as an application would write it, on a WebSocket library made by others.</summary>
internal sealed class Subscriber : IDisposable
{
    private readonly WebsocketClient _client;
    private readonly Channel<ResponseMessage> _messages = Channel.CreateUnbounded<ResponseMessage>();
    private readonly IDisposable _subscription;

    private Subscriber(WebsocketClient client)
    {
        _client = client;
        _subscription = client.MessageReceived.Subscribe(new Receiver(_messages.Writer));
    }

    public static async Task<Subscriber> JoinAsync(KekerProcess keker, TestCertificate? certificate, string token)
    {
        string scheme = certificate is null ? "ws" : "wss";
        var client = new WebsocketClient(new Uri($"{scheme}://{keker.EndPoint}/v1/subscribe"), () => NewSocket(certificate))
        {
            IsReconnectionEnabled = false,
        };
        var subscriber = new Subscriber(client);
        await client.StartOrFail().Soon("the WebSocket handshake");
        client.Send($"HELLO {token}");
        return subscriber;
    }

    public Task<ResponseMessage> ReadAsync() => _messages.Reader.ReadAsync().Soon("a message");

    public void Dispose()
    {
        _subscription.Dispose();
        _client.Dispose();
    }

    private static ClientWebSocket NewSocket(TestCertificate? certificate)
    {
        var socket = new ClientWebSocket();
        if (certificate is not null)
            socket.Options.RemoteCertificateValidationCallback = certificate.ClientOptions.RemoteCertificateValidationCallback;
        return socket;
    }

    private sealed class Receiver(ChannelWriter<ResponseMessage> messages) : IObserver<ResponseMessage>
    {
        public void OnCompleted() => messages.TryComplete();

        public void OnError(Exception error) => messages.TryComplete(error);

        public void OnNext(ResponseMessage value) => messages.TryWrite(value);
    }
}

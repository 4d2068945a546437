using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Text;
using Keker.Protocol.WebSocket;
using Keker.Server;
using Keker.Server.Broker.Topics;
using Keker.Server.Net;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.WebSocket;
using Keker.Tests.Server.Broker;
using Keker.Tests.Server.Http;
using Keker.Tests.Server.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keker.Tests.Server;

/// <summary>
/// However a peer goes away, it is an ordinary end and costs no exception: thousands that are reset at once would keep the threads that poll sockets
/// from everybody else.
/// </summary>
[NonParallelizable]
[TestFixture(true)]
[TestFixture(false)]
internal sealed class QuietEndTests(bool onLoops)
{
    private static readonly Loops Polled = new(NullLogger.Instance);

    private const int Clients = 10;

    private readonly ConcurrentQueue<string> _thrown = new();
    private TestServer _server = null!;
    private TempDirectory _directory = null!;
    private TestCertificate _certificate = null!;
    private TcpListener _listener = null!;

    [SetUp]
    public void Start()
    {
        _server = new TestServer();
        _directory = new TempDirectory();
        _certificate = new TestCertificate();
        _certificate.WriteTo(_directory);
        _listener = new TcpListener(IPAddress.Loopback, 0);
        Listener.Prepare(_listener.Server);
        _listener.Start();
        _thrown.Clear();
        AppDomain.CurrentDomain.FirstChanceException += Record;
    }

    [TearDown]
    public void Stop()
    {
        AppDomain.CurrentDomain.FirstChanceException -= Record;
        _listener.Dispose();
        _server.Dispose();
        _directory.Dispose();
    }

    [Test]
    public void A_connection_may_end_at_any_point(
        [Values("", "GET /v1/hea", "GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n", "PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: b\r\nContent-Length: 1000\r\n\r\nx")] string said,
        [Values] bool isReset) => Expect(NewHandler(), isReset, client => Say(client, said, said.StartsWith("GET /v1/health", StringComparison.Ordinal) ? "}" : ""));

    [Test]
    public void A_session_may_end_at_any_time([Values] bool isReset, [Values] bool isPublishedTo) => Expect(NewHandler(), isReset, client =>
    {
        Join(client);
        if (isPublishedTo)
            Publish(10);
    });

    [Test]
    public void A_session_may_end_while_a_send_waits([Values] bool isReset) => Expect(NewHandler(), isReset, client =>
    {
        Join(client);
        Publish(8 << 20);
    });

    [Test]
    public void A_session_may_end_with_a_Close_that_crosses_ours([Values] bool isReset) => Expect(NewHandler(), isReset, client =>
    {
        Join(client);
        client.Send([.. ClientFrame.Of(OpCode.Binary, "x"), .. ClientFrame.Close(1000)]);
    });

    [Test]
    public void An_event_stream_may_end_at_any_time([Values] bool isReset) => Expect(
        NewHandler(), isReset, client => Say(client, RawClient.Head("GET", "/v1/subscribe?token=t", "Accept: text/event-stream"), "id: "));

    [Test]
    public void A_peer_may_be_gone_before_it_is_taken_in([Values] bool isReset)
    {
        ConnectionHandler handler = NewHandler();
        List<Socket> accepted = [];
        for (int i = 0; i < Clients; i++)
        {
            Socket client = Connect();
            End(client, isReset);
            accepted.Add(_listener.AcceptSocket());
        }
        accepted.ForEach(socket => handler.Accept(SocketPair.Take(socket, TestLoops), isAdmin: false));
        ExpectQuiet();
    }

    [TestCase("")]
    [TestCase("GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n")]
    public void A_peer_on_the_TLS_port_may_go_without_shaking_hands(string said) =>
        Expect(NewTlsHandler(), isReset: said.Length == 0, client => Say(client, said, said.Length > 0 ? "this port speaks TLS" : ""));

    [Test]
    public void A_TLS_session_may_end_at_any_time([Values] bool isReset, [Values] bool isPublishedTo) => Expect(NewTlsHandler(), isReset, client =>
    {
        // Kept alive by the socket's test: it is not to say goodbye.
        var tls = new SslStream(new NetworkStream(client));
        tls.AuthenticateAsClient(_certificate.ClientOptions);
        tls.Write(Encoding.ASCII.GetBytes(RawWebSocket.Handshake()));
        tls.Write(ClientFrame.Of(OpCode.Text, "HELLO t"));
        TestBroker.WaitUntil(() => _server.Context.Counters.Sessions > 0, "no session");
        if (isPublishedTo)
            Publish(8 << 20);
    });

    private Loops? TestLoops => onLoops && Loops.AreUsed ? Polled : null;

    private ConnectionHandler NewHandler() => new(_server.Context, tls: null, TimeProvider.System);

    private ConnectionHandler NewTlsHandler() =>
        new(_server.Context, new TlsUpgrade(_directory.File("cert.pem"), _directory.File("key.pem")), TimeProvider.System);

    private void Expect(ConnectionHandler handler, bool isReset, Action<Socket> talk)
    {
        for (int i = 0; i < Clients; i++)
        {
            Socket client = Connect();
            handler.Accept(SocketPair.Take(_listener.AcceptSocket(), TestLoops), isAdmin: false);
            talk(client);
            End(client, isReset);
            Publish(10);
        }
        ExpectQuiet();
    }

    private void ExpectQuiet()
    {
        TestBroker.WaitUntil(() => _server.Connections.Count == 0, "connections are left");
        Assert.That(_thrown, Is.Empty);
        Assert.That(_server.Context.Counters.Sessions, Is.Zero);
    }

    private Socket Connect()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(_listener.LocalEndpoint);
        return client;
    }

    private static void End(Socket client, bool isReset)
    {
        if (isReset)
            client.LingerState = new LingerOption(true, 0);
        client.Close();
    }

    private static void Join(Socket client)
    {
        Say(client, RawWebSocket.Handshake(), "\r\n\r\n");
        client.Send([.. ClientFrame.Of(OpCode.Text, "HELLO t"), .. ClientFrame.Of(OpCode.Ping, "joined")]);
        Read(client, "joined");
    }

    private static void Say(Socket client, string text, string answer)
    {
        client.Send(Encoding.ASCII.GetBytes(text));
        Read(client, answer);
    }

    private static void Read(Socket client, string until)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!text.ToString().Contains(until, StringComparison.Ordinal))
        {
            Assert.That(client.Poll(Patience.Limit, SelectMode.SelectRead), Is.True, $"no {until} came, but {text}");
            int received = client.Receive(buffer);
            Assert.That(received, Is.Positive, $"the end came instead of {until}");
            text.Append(Encoding.Latin1.GetString(buffer, 0, received));
        }
    }

    private void Publish(int length)
    {
        var dirty = new DirtyTopics();
        _server.Broker.Publish(TestBroker.Token("t"), TestBroker.Message(length), dirty);
        _server.Broker.Flush(dirty);
    }

    private void Record(object? sender, FirstChanceExceptionEventArgs e)
    {
        string stack = Environment.StackTrace;
        if (stack.Contains(" Keker.Server.", StringComparison.Ordinal))
            _thrown.Enqueue($"{e.Exception.GetType().Name}: {e.Exception.Message}\n{stack}");
    }
}

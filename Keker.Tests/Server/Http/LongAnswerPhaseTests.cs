using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Keker.Server.Http;
using Keker.Server.Net;
using Keker.Server.Options;
using Keker.Server.Presence;
using Keker.Tests.EndToEnd;
using Keker.Tests.Server.Net;

namespace Keker.Tests.Server.Http;

internal sealed class LongAnswerPhaseTests
{
    private SocketPair _sockets = null!;
    private TestServer _server = null!;
    private Connection _connection = null!;

    [SetUp]
    public void Connect()
    {
        _sockets = SocketPair.Create();
        _server = new TestServer();
        _connection = new Connection(new EngineSocket(_sockets.Server), isAdmin: false, _server.Context.Clock, _server.Context.Input);
    }

    [TearDown]
    public async Task Close()
    {
        await _connection.DisposeAsync();
        _sockets.Dispose();
        _server.Dispose();
    }

    [Test]
    public async Task Bits_that_are_small_are_sent_together()
    {
        var answer = new Bits(["", "ab", "", "c"]);
        await RunAsync(answer, isChunked: true);
        Assert.That(await ReadToEndAsync(), Is.EqualTo("HEAD5\r\n[abc]\r\n0\r\n\r\n"));
        Assert.That(answer.IsDisposed);
    }

    [Test]
    public async Task Without_chunks_the_end_of_the_connection_is_the_end()
    {
        await RunAsync(new Bits(["a", "b"]), isChunked: false);
        Assert.That(await ReadToEndAsync(), Is.EqualTo("HEAD[ab]"));
    }

    [Test]
    public async Task Who_does_not_read_holds_one_bit_and_is_cut_off_at_the_deadline_of_every_answer()
    {
        var answer = new Bits(null);
        var phase = new LongAnswerPhase(_connection, _server.Context, Answer(answer, isChunked: true));
        var ended = new TaskCompletionSource();
        phase.Start(_ => ended.SetResult());
        await answer.WhenStalledAsync();
        long written = answer.Written;
        _server.Time.Advance(Limits.WriteStallTimeout - TimeSpan.FromSeconds(1));
        phase.OnHeartbeat(_server.Context.Clock.Now);
        Assert.That(ended.Task.IsCompleted, Is.False);
        Assert.That(answer.Written, Is.EqualTo(written), "nothing is put together that is not taken");
        _server.Time.Advance(TimeSpan.FromSeconds(2));
        phase.OnHeartbeat(_server.Context.Clock.Now);
        await ended.Task.Soon("the connection to end");
        Assert.That(answer.IsDisposed);
        Assert.That(_server.Context.Presence.HasRoomForAnswer);
    }

    private static LongAnswer Answer(ILongAnswer rest, bool isChunked) => new("HEAD"u8.ToArray(), isChunked, "["u8.ToArray(), rest, "]"u8.ToArray());

    private async Task RunAsync(ILongAnswer rest, bool isChunked)
    {
        var ended = new TaskCompletionSource();
        new LongAnswerPhase(_connection, _server.Context, Answer(rest, isChunked)).Start(_ => ended.SetResult());
        _sockets.Client.Shutdown(SocketShutdown.Send);
        await ended.Task.Soon("the answer to end");
        await _connection.DisposeAsync();
    }

    private async Task<string> ReadToEndAsync()
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[4096];
        while (await _sockets.Client.ReceiveAsync(buffer, SocketFlags.None).Soon("the answer") is > 0 and int count)
            all.Write(buffer, 0, count);
        return Encoding.ASCII.GetString(all.ToArray());
    }

    /// <summary>Bits that the test names, or without end.</summary>
    private sealed class Bits(string[]? bits) : ILongAnswer
    {
        private int _next;
        private long _written;

        public bool IsDisposed { get; private set; }

        public long Written => Volatile.Read(ref _written);

        public bool TryWrite(IBufferWriter<byte> output)
        {
            byte[] bit = bits is null ? new byte[1000] : Encoding.ASCII.GetBytes(bits[_next]);
            output.Write(bit);
            Interlocked.Add(ref _written, bit.Length);
            return bits is null || ++_next < bits.Length;
        }

        public void Dispose() => IsDisposed = true;

        /// <summary>Completes once nothing was asked for during a while: the socket is full.</summary>
        public async Task WhenStalledAsync()
        {
            using var timeout = new CancellationTokenSource(Patience.Limit);
            long before = -1;
            while (Written == 0 || Written != before)
            {
                before = Written;
                await Task.Delay(200, timeout.Token);
            }
        }
    }
}

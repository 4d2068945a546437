using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Keker.Protocol.WebSocket;

namespace Keker.Server.Client;

/// <summary>
/// The client's side of a WebSocket over a stream, with the frame code of the server. Pings are answered unseen, the Close is answered, text is UTF-8.
/// For one caller at a time; a wait that was given up loses nothing.
/// </summary>
internal sealed class WebSocketClient : IAsyncDisposable
{
    /// <summary>Stands for the end of a connection without a Close; never on the wire (RFC 6455 7.4.1).</summary>
    public const int Broken = 1006;

    private const int ReceiveBytes = 64 << 10;
    private const int MostFragments = int.MaxValue;
    private const int MostHeadBytes = 16 << 10;

    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SendTime = TimeSpan.FromSeconds(15);

    private readonly Stream _stream;
    private readonly FrameReader _frames;
    private readonly byte[] _received = new byte[ReceiveBytes];
    private readonly byte[] _control = new byte[FrameWriter.MaxControlPayload];
    private readonly ArrayBufferWriter<byte> _message = new();

    /// <summary>What has arrived and is not read yet: from <see cref="_start"/> to <see cref="_end"/>.</summary>
    private int _start;
    private int _end;

    /// <summary>Under way, also after somebody has stopped waiting for it.</summary>
    private Task<int>? _receive;
    private bool _isMessageTaken;

    private WebSocketClient(Stream stream, int mostMessageBytes)
    {
        _stream = stream;
        _frames = new FrameReader(mostMessageBytes, MostFragments, fromServer: true);
    }

    /// <summary>The last message, until the next call of <see cref="ReceiveAsync"/>.</summary>
    public ReadOnlyMemory<byte> Message => _message.WrittenMemory;

    /// <summary>After <see cref="Reception.End"/>: the code of the server's Close; <see cref="Broken"/> where none came, or what came was no WebSocket.</summary>
    public int CloseCode { get; private set; }

    /// <summary>The reason that goes with it; empty for none.</summary>
    public string CloseReason { get; private set; } = "";

    /// <summary>Shakes hands.</summary>
    /// <param name="stream">A connection; it belongs to the client then, also when this fails.</param>
    /// <param name="url">Whose it is.</param>
    /// <param name="mostMessageBytes">A larger message ends the connection.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="HandshakeException">The server refuses, or is none.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<WebSocketClient> OpenAsync(Stream stream, ServerUrl url, int mostMessageBytes, CancellationToken cancellation)
    {
        var client = new WebSocketClient(stream, mostMessageBytes);
        try
        {
            byte[] key = new byte[AcceptKey.KeyLength];
            Base64.EncodeToUtf8(Guid.NewGuid().ToByteArray(), key, out _, out _);
            await stream.WriteAsync(UpgradeRequest.Make(url.Authority, url.SubscribePath, key, SubProtocol.Tagged, ClientName.Text), cancellation).ConfigureAwait(false);
            await client.ReadAnswerAsync(key, cancellation).ConfigureAwait(false);
            return client;
        }
        catch (Exception)
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits for the next message, or the end.</summary>
    /// <param name="patience">How long nothing at all may come.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="TimeoutException">Nothing came; ask again.</exception>
    /// <exception cref="IOException">A ping could not be answered.</exception>
    public async Task<Reception> ReceiveAsync(TimeSpan patience, CancellationToken cancellation)
    {
        if (_isMessageTaken)
            _message.ResetWrittenCount();
        _isMessageTaken = false;
        while (true)
        {
            switch (ReadFrames(out int controlLength))
            {
                case FrameEvent.Text:
                    _isMessageTaken = true;
                    return Reception.Text;
                case FrameEvent.Binary:
                    _isMessageTaken = true;
                    return Reception.Binary;
                case FrameEvent.Ping:
                    await SendAsync(OpCode.Pong, _control.AsMemory(0, controlLength), cancellation).ConfigureAwait(false);
                    break;
                case FrameEvent.Close:
                    (CloseCode, CloseReason) = (_frames.CloseCode, Encoding.UTF8.GetString(_control.AsSpan(0, controlLength)[Math.Min(2, controlLength)..]));
                    await SendCloseAsync(_frames.CloseCode).ConfigureAwait(false);
                    return Reception.End;
                case FrameEvent.Failed:
                    (CloseCode, CloseReason) = (Broken, $"the server sent what it must not: {Encoding.ASCII.GetString(_frames.FailureReason)}");
                    await SendCloseAsync(_frames.FailureCode).ConfigureAwait(false);
                    return Reception.End;
                case FrameEvent.NeedMore when !await TryFillAsync(patience, cancellation).ConfigureAwait(false):
                    CloseCode = Broken;
                    return Reception.End;
                default:
                    break;
            }
        }
    }

    /// <summary>Sends a text message.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public Task SendAsync(string text, CancellationToken cancellation) => SendAsync(OpCode.Text, Encoding.UTF8.GetBytes(text), cancellation);

    /// <summary>Says goodbye, and waits some seconds for the answer.</summary>
    /// <param name="code">Any from 3000 on leaves the messages wanted.</param>
    public async Task CloseAsync(ushort code)
    {
        using var deadline = new CancellationTokenSource(CloseTime);
        await SendCloseAsync(code).ConfigureAwait(false);
        try
        {
            while (!Skip() && await TryFillAsync(CloseTime, deadline.Token).ConfigureAwait(false)) { }
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            // It has been told; that is all that can be done.
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task ReadAnswerAsync(byte[] key, CancellationToken cancellation)
    {
        while (true)
        {
            UpgradeAnswer answer = UpgradeAnswer.Read(_received.AsSpan(0, _end), key, SubProtocol.Tagged);
            if (answer.Kind == UpgradeAnswer.Result.Accepted)
            {
                _start = answer.HeadLength;
                return;
            }
            bool isWhole = answer.Kind == UpgradeAnswer.Result.Refused && _end - answer.HeadLength >= Math.Min(answer.ContentLength, MostHeadBytes);
            bool isOver = answer.Kind == UpgradeAnswer.Result.Malformed || isWhole || _end > MostHeadBytes;
            if (!isOver && await TryFillAsync(Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false))
                continue;

            // A proxy takes connections also while the server behind it is away.
            if (!isOver && answer.Kind != UpgradeAnswer.Result.Refused)
                throw new IOException("the connection ended before the answer");
            throw new HandshakeException(answer.Kind == UpgradeAnswer.Result.Refused ? answer.Status : 0, new ApiAnswer(answer.Status, _received[answer.HeadLength.._end]).Message);
        }
    }

    private FrameEvent ReadFrames(out int controlLength)
    {
        var input = new ReadOnlySequence<byte>(_received, _start, _end - _start);
        FrameEvent found = _frames.Read(ref input, _message, _control, out controlLength);
        _start = _end - (int)input.Length;
        return found;
    }

    private bool Skip()
    {
        var input = new ReadOnlySequence<byte>(_received, _start, _end - _start);
        bool isOver = _frames.SkipToClose(ref input);
        _start = _end - (int)input.Length;
        return isOver;
    }

    /// <returns>False at the end of the connection, however it ended.</returns>
    private async Task<bool> TryFillAsync(TimeSpan patience, CancellationToken cancellation)
    {
        // Where there is always more, nothing else would notice.
        cancellation.ThrowIfCancellationRequested();
        if (_receive is null)
        {
            _received.AsSpan(_start, _end - _start).CopyTo(_received);
            (_start, _end) = (0, _end - _start);
            _receive = _stream.ReadAsync(_received.AsMemory(_end), CancellationToken.None).AsTask();
        }
        int count;
        try
        {
            count = await _receive.WaitAsync(patience, cancellation).ConfigureAwait(false);
        }
        catch (IOException)
        {
            count = 0;
        }
        _receive = null;
        _end += count;
        return count > 0;
    }

    private async Task SendAsync(OpCode opCode, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        byte[] frame = new byte[ClientFrameWriter.Length(payload.Length)];
        ClientFrameWriter.Write(frame, opCode, payload.Span, NewMask());
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(SendTime);
        try
        {
            await _stream.WriteAsync(frame, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"the server has read nothing for {SendTime.TotalSeconds:0} s");
        }
    }

    private async Task SendCloseAsync(ushort code)
    {
        byte[] frame = new byte[ClientFrameWriter.Length(sizeof(ushort))];
        int length = ClientFrameWriter.WriteClose(frame, code, NewMask());
        try
        {
            using var deadline = new CancellationTokenSource(CloseTime);
            await _stream.WriteAsync(frame.AsMemory(0, length), deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It is over in any case.
        }
    }

    /// <summary>The system's random numbers, which nobody foretells (RFC 6455 10.3); the first bytes of a GUID have no fixed bits.</summary>
    private static uint NewMask() => BitConverter.ToUInt32(Guid.NewGuid().ToByteArray());
}

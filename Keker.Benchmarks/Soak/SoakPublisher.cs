using System.Net;
using System.Text;
using Keker.Benchmarks.Common;

namespace Keker.Benchmarks.Soak;

/// <summary>Publishes to streams of its own over one keep-alive connection, at a rate, and checks every answer.</summary>
/// <param name="server">Where to publish.</param>
/// <param name="totals">What it counts in.</param>
/// <param name="streams">The tokens and topics; nobody else publishes to them.</param>
/// <param name="perSecond">Messages a second.</param>
/// <param name="pipelined">Requests that are sent before the answers are read.</param>
/// <param name="length">Gives the length of the next message.</param>
/// <param name="mayWait">Whether the recipient may be away at times: the message is then kept for it.</param>
internal sealed class SoakPublisher(
    EndPoint server, Totals totals, MessageStream[] streams, double perSecond, int pipelined, Func<int> length, bool mayWait = false)
    : Worker(server, totals)
{
    private readonly byte[] _message = new byte[Payload.MaxLength];
    private readonly MessageStream[] _batch = new MessageStream[pipelined];
    private readonly MemoryStream _requests = new();
    private readonly Pacer _pacer = new(perSecond);
    private long _count;

    protected override async Task RoundAsync(CancellationToken stop)
    {
        using Wire wire = await Wire.ConnectAsync(Server);
        while (!stop.IsCancellationRequested)
        {
            _requests.SetLength(0);
            for (int i = 0; i < pipelined; i++)
                Add(_batch[i] = streams[Random.Shared.Next(streams.Length)]);

            // Sent and answered together: the server does not read on while nobody takes its answers.
            Task sending = wire.SendAsync(_requests.GetBuffer().AsMemory(0, (int)_requests.Length)).AsTask();
            foreach (MessageStream stream in _batch)
                Check(stream, await wire.ReadAnswerAsync().WaitAsync(Load.Patience, CancellationToken.None));
            await sending;
            await _pacer.WaitAsync(pipelined, stop);
        }
    }

    private void Add(MessageStream stream)
    {
        Span<byte> message = _message.AsSpan(0, length());
        Payload.Write(message, stream.Index, stream.Next(message.Length));
        if (++_count % Load.ChunkedEach != 0)
        {
            Write($"PUT /v1/publish HTTP/1.1\r\nHost: {Server}\r\n{stream.Field}: {stream.Token}\r\nContent-Length: {message.Length}\r\n\r\n");
            _requests.Write(message);
            return;
        }
        int half = message.Length / 2;
        Write($"POST /v1/publish HTTP/1.1\r\nHost: {Server}\r\nTransfer-Encoding: chunked\r\n{stream.Field}: {stream.Token}\r\n\r\n{half:x};half=1\r\n");
        _requests.Write(message[..half]);
        Write($"\r\n{message.Length - half:X}\r\n");
        _requests.Write(message[half..]);
        Write("\r\n0\r\nSum: none\r\n\r\n");
    }

    private void Check(MessageStream stream, HttpAnswer answer)
    {
        Totals.Published.Increment();
        if (mayWait && answer.Status == "404" && answer.Number("cached") == 1)
            return;
        if (answer.Status != "200" || answer.Number("sessions") < stream.Steady || answer.Number("cached") != 0)
            Totals.Find(Totals.BadAnswers, $"publish to {stream.Token} with {stream.Steady} subscribers: {answer}");
    }

    private void Write(string text) => _requests.Write(Encoding.ASCII.GetBytes(text));
}

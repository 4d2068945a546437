using System.Buffers;
using Keker.Protocol.Http;
using Keker.Server.Net;
using Keker.Server.Presence;

namespace Keker.Server.Http;

/// <summary>
/// A connection whose last answer is long: it is put together bit by bit, on the thread pool, each bit once the one before has been taken, and ends the
/// connection. Who does not take it has the deadline of every answer, and holds one bit.
/// </summary>
internal sealed class LongAnswerPhase : HttpPhase
{
    /// <summary>Bytes that are sent together, if there are as many.</summary>
    private const int BitBytes = 8 << 10;

    private readonly LongAnswer _answer;
    private volatile bool _isOver;

    /// <param name="connection">The connection.</param>
    /// <param name="server">What all connections share.</param>
    /// <param name="answer">What is answered.</param>
    public LongAnswerPhase(Connection connection, ServerContext server, LongAnswer answer)
        : base(connection, server)
    {
        _answer = answer;
        Answers = new AnswerSender(connection, Deadline, server);
        IsSilent = false;
    }

    protected override AnswerSender Answers { get; }

    protected override bool HasHeardEnough => _isOver;

    protected override void OnStart()
    {
        Connection.UncountStranger();
        Deadline.Begin(HttpWait.Answers);

        // Nothing is read any more: a peer that has closed its half is answered all the same.
        Pause = AnswerAsync();
    }

    protected override void Take(ref ReadOnlySequence<byte> input, bool isEnd) => input = input.Slice(input.End);

    protected override void OnNoMemory() => _isOver = true;

    protected override void OnPauseFailed(Exception failure)
    {
        _isOver = true;
        base.OnPauseFailed(failure);
    }

    protected override void OnEnded() => EndLinger();

    private async Task AnswerAsync()
    {
        // Never on a thread that polls sockets.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (await TrySendAsync().ConfigureAwait(false))
        {
            BeginLinger();
            await Connection.LingerAsync(MostLingerBytes).ConfigureAwait(false);
        }
        _isOver = true;
    }

    /// <returns>False when the peer is gone.</returns>
    private async Task<bool> TrySendAsync()
    {
        Server.Presence.BeginAnswer();
        try
        {
            var bit = new ArrayBufferWriter<byte>(BitBytes);
            var framed = new AnswerBuffer(BitBytes);
            framed.Write(_answer.Head.Span);
            bit.Write(_answer.Beginning.Span);
            bool goesOn = true;
            bool isThere = true;
            while (goesOn && isThere)
            {
                goesOn = _answer.Rest.TryWrite(bit);
                if (!goesOn)
                    bit.Write(_answer.End.Span);
                if (goesOn && bit.WrittenCount < BitBytes)
                {
                    await Task.Yield();
                    continue;
                }
                Frame(bit.WrittenSpan, framed, isLast: !goesOn);
                isThere = await Answers.SendAsync(framed).ConfigureAwait(false);
                bit.ResetWrittenCount();
                framed.Clear();
            }
            return isThere;
        }
        finally
        {
            _answer.Rest.Dispose();
            Server.Presence.EndAnswer();
        }
    }

    private void Frame(ReadOnlySpan<byte> bit, AnswerBuffer framed, bool isLast)
    {
        if (!_answer.IsChunked)
        {
            framed.Write(bit);
            return;
        }
        if (bit.Length > 0)
        {
            framed.Advance(ChunkWriter.WriteHeader(framed.GetSpan(ChunkWriter.MaxHeaderLength), bit.Length));
            framed.Write(bit);
            framed.Write(ChunkWriter.End);
        }
        if (isLast)
            framed.Write(ChunkWriter.LastChunk);
    }
}

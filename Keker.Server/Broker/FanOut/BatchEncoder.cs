using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.FanOut;

/// <summary>
/// Encodes what members need, once for all that stand at the same cursor, and remembers the last few batches: nearly all
/// members share one cursor, and those that were blocked mostly stand where an earlier batch ended.
/// </summary>
/// <remarks>Not thread-safe: each worker has its own, everybody else rents one.</remarks>
/// <param name="mostBytesToDeflate">The largest payload that the encoder's threads have the time to deflate.</param>
internal sealed class BatchEncoder(int mostBytesToDeflate = 0)
{
    private const int Slots = 4;
    private const long NoCursor = -1;

    /// <summary>Copying as much costs less than the send it saves.</summary>
    private const int ScratchBytes = 8 << 10;

    private readonly Batch?[] _batches = new Batch?[Slots];
    private byte[]? _scratch;
    private Topic? _topic;
    private int _next;
    private int _used;

    /// <summary>Where the current pass ends: publications from here on belong to the next one.</summary>
    public long Head { get; private set; }

    /// <summary>When the current pass began, in milliseconds of the clock: what members need to know of the time.</summary>
    public long Now { get; private set; }

    /// <summary>Messages handed to the kernel through this encoder since <see cref="End"/>; counted here to keep members free of shared counters.</summary>
    public long Delivered { get; set; }

    /// <summary>Starts work on one topic up to a head; what was encoded for another one is forgotten.</summary>
    public void Begin(Topic topic, long head, long now = 0)
    {
        Now = now;
        if (_topic == topic && Head == head)
            return;
        Forget();
        _topic = topic;
        Head = head;
    }

    /// <summary>Forgets the topic, so that a pooled encoder keeps nothing alive, and tells the counters.</summary>
    public void End(BrokerContext context)
    {
        // What the server tells its operator is no message.
        if (Delivered > 0 && _topic is not { Kind: TopicKind.Internal })
            context.Counters.Delivered.Add(Delivered);
        Delivered = 0;
        _topic = null;
        Forget();
    }

    /// <summary>Ends, and goes back to the pool.</summary>
    public void Return(BrokerContext context)
    {
        End(context);
        context.Encoders.Return(this);
    }

    /// <summary>The batch that begins at a cursor.</summary>
    /// <param name="cursor">Offset of its first publication.</param>
    /// <param name="variant">What its frames look like.</param>
    /// <param name="before">It ends before this offset.</param>
    /// <param name="keptEnd">See <see cref="Batch.KeptEnd"/>.</param>
    /// <param name="tellsLosses">See <see cref="Batch.TellsLosses"/>.</param>
    /// <returns>Null when the member was overtaken.</returns>
    public Batch? Get(long cursor, Variant variant = Variant.Plain, long before = long.MaxValue, long keptEnd = 0, bool tellsLosses = false)
    {
        for (int i = 0; i < _used; i++)
        {
            if (_batches[i] is { } known && known.From == cursor && known.Variant == variant && known.End <= before && known.IsOf(keptEnd, tellsLosses))
                return known;
        }
        // Not in its slot before it is whole: where the encoding throws, the next member must not be given half of it.
        Batch batch = _batches[_next] ?? new Batch();
        _batches[_next] = null;
        batch.Begin(cursor, variant, _topic, keptEnd, tellsLosses);
        if (!_topic!.TryRead(cursor, Math.Min(Head, before), batch))
        {
            batch.Begin(NoCursor);
            _batches[_next] = batch;
            return null;
        }
        batch.Encode(mostBytesToDeflate);
        _batches[_next] = batch;
        _next = (_next + 1) % Slots;
        _used = Math.Min(_used + 1, Slots);
        return batch;
    }

    /// <summary>A batch and a control frame behind it as one piece, so that they go out in one send. Valid until the next call.</summary>
    /// <returns>Empty when the batch is too large for the copy to be worth it.</returns>
    public ReadOnlySpan<byte> Append(Batch batch, ReadOnlySpan<byte> frame)
    {
        int length = batch.Bytes.Length + frame.Length;
        if (length > ScratchBytes)
            return default;
        _scratch ??= GC.AllocateUninitializedArray<byte>(ScratchBytes);
        batch.Bytes.Span.CopyTo(_scratch);
        frame.CopyTo(_scratch.AsSpan(batch.Bytes.Length));
        return _scratch.AsSpan(0, length);
    }

    /// <summary>Gives a batch away: a write still refers to its bytes. The garbage collector gets it when the write is done.</summary>
    public void Detach(Batch batch)
    {
        int index = Array.IndexOf(_batches, batch);
        if (index >= 0)
            _batches[index] = null;
    }

    private void Forget()
    {
        for (int i = 0; i < _used; i++)
            _batches[i]?.Begin(NoCursor);
        _used = 0;
        _next = 0;
    }
}

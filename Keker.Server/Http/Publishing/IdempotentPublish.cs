namespace Keker.Server.Http.Publishing;

/// <summary>A publish that has a key.</summary>
/// <remarks>Its table's lock guards it.</remarks>
internal sealed class IdempotentPublish(IdempotencyTable table, byte[] key, long beganAt)
{
    public byte[] Key { get; } = key;

    /// <summary>Milliseconds of the clock.</summary>
    public long BeganAt { get; } = beganAt;

    /// <summary>How it was answered; null while it is under way.</summary>
    public PublishAnswer? Answer { get; set; }

    /// <summary>Its place in the table.</summary>
    public LinkedListNode<IdempotentPublish>? Node { get; set; }

    /// <summary>It is answered: repetitions get the same.</summary>
    public void Complete(PublishAnswer answer) => table.Complete(this, answer);

    /// <summary>It has come to nothing: a repetition is the first of its kind. Nothing when it was answered.</summary>
    public void Abandon() => table.Abandon(this);
}

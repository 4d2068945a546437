using Keker.Server.Broker;

namespace Keker.Server.Http;

/// <summary>The message of the request under way, and how far it has come.</summary>
/// <remarks>Not thread-safe: it belongs to its <see cref="HttpExchange"/>.</remarks>
internal sealed class MessageUnderWay
{
    /// <summary>True when the publisher declared its body to be bytes.</summary>
    public bool IsBinary { get; set; }

    /// <summary>Whom it is for; nobody for a broadcast.</summary>
    public Recipients Recipients { get; } = new();

    /// <summary>The message, once its body is read.</summary>
    public Publication? Publication { get; set; }

    /// <summary>The topic that has no room for it.</summary>
    public Topic? FullTopic { get; set; }

    /// <summary>What the publisher asks for beside delivery; null for nothing.</summary>
    public PublishTerms? Terms { get; set; }

    /// <summary>The same as the fields of the request say it; null where none of them is there.</summary>
    public PublishTermsFields? Fields { get; set; }

    /// <summary>Set where it has a key and is the first with it.</summary>
    public IdempotentPublish? Idempotent { get; set; }

    /// <summary>Set while the answer waits for confirmations.</summary>
    public Receipt? Receipt { get; set; }

    /// <summary>True while it waits for something: for room, or for confirmations.</summary>
    public bool IsWaiting => FullTopic is not null || Receipt is not null;

    /// <summary>Recipients that are done with: a message that had to wait for room is not appended to them again.</summary>
    public int Done { get; set; }

    /// <summary>Sessions that get it, as far as it has come.</summary>
    public int Sessions { get; set; }

    /// <summary>Recipients that were absent and for whom it was cached, as far as it has come.</summary>
    public int Cached { get; set; }

    /// <summary>Publishes it to one recipient after the other; where one has no room, it goes on with that one once there is.</summary>
    /// <param name="broker">Where to.</param>
    /// <param name="dirty">Gets the topics that have to be flushed.</param>
    public PublishResult PublishTo(MessageBroker broker, DirtyTopics dirty)
    {
        for (; Done < Recipients.Count; Done++)
        {
            ReadOnlySpan<byte> name = Recipients.Name(Done);
            bool isBegun = Done > 0;
            PublishResult result = Recipients.IsTopic(Done)
                ? broker.PublishToTopic(name, Publication!, dirty, Terms, isBegun)
                : broker.Publish(name, Publication!, dirty, Terms, isBegun);
            if (result.Outcome is PublishOutcome.NoRoom or PublishOutcome.OutOfMemory)
                return result;
            Sessions += result.Sessions;
            Cached += result.Outcome == PublishOutcome.Cached ? 1 : 0;
        }
        return new PublishResult(PublishOutcome.Published);
    }

    /// <summary>Forgets it.</summary>
    public void Clear()
    {
        // Nobody waits for it any more, however far it has come.
        Terms?.Receipt?.End();
        Idempotent?.Abandon();
        Idempotent = null;
        Terms = null;
        Fields = null;
        Receipt = null;
        IsBinary = false;
        Recipients.Clear();
        Publication = null;
        FullTopic = null;
        Done = 0;
        Sessions = 0;
        Cached = 0;
    }
}

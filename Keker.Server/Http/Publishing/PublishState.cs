using Keker.Server.Broker;

namespace Keker.Server.Http.Publishing;

/// <summary>The message of a request, or of a line of a batch, and what HTTP adds to it.</summary>
/// <remarks>Not thread-safe: it belongs to its <see cref="HttpExchange"/>, then to the <see cref="PendingPublish"/> that waits with it.</remarks>
internal sealed class PublishState
{
    /// <summary>The message on its way.</summary>
    public PublishRequest Request { get; } = new();

    /// <summary>True when the publisher declared its body to be bytes.</summary>
    public bool IsBinary { get; set; }

    /// <summary>True when its body is a JSON object that names the recipients and holds the data.</summary>
    public bool IsObject { get; set; }

    /// <summary>What the fields of the request ask for beside delivery; null where none of them is there.</summary>
    public PublishTermsFields? Fields { get; set; }

    /// <summary>Set where it has a key and is the first with it.</summary>
    public IdempotentPublish? Idempotent { get; set; }

    /// <summary>True once it was counted against the publisher's rate.</summary>
    public bool IsCounted { get; set; }

    /// <summary>Forgets it.</summary>
    public void Clear()
    {
        Request.Clear();
        Idempotent?.Abandon();
        Idempotent = null;
        Fields = null;
        IsBinary = false;
        IsObject = false;
        IsCounted = false;
    }
}

using Keker.Server.Broker.Confirming;

namespace Keker.Server.Broker;

/// <summary>One message on its way to all its recipients, and how far it has come: where one has no room, it goes on with that one later.</summary>
/// <remarks>Not thread-safe: one publisher at a time has it. Made once and used again.</remarks>
internal sealed class PublishRequest
{
    /// <summary>Whom it is for; nobody for a broadcast.</summary>
    public Recipients Recipients { get; } = new();

    /// <summary>The message.</summary>
    public Publication? Publication { get; set; }

    /// <summary>What the publisher asks for beside delivery; null for nothing.</summary>
    public PublishTerms? Terms { get; set; }

    /// <summary>Learns which sessions have confirmed it; null where nobody waits for that.</summary>
    public Receipt? Receipt { get; set; }

    /// <summary>Recipients that are done with: the message is not appended to them again.</summary>
    public int Done { get; set; }

    /// <summary>Sessions that get it, as far as it has come.</summary>
    public int Sessions { get; set; }

    /// <summary>Recipients that were absent and for whom it was cached, as far as it has come.</summary>
    public int Cached { get; set; }

    /// <summary>Distinct tokens that a broadcast has reached.</summary>
    public int Tokens { get; set; }

    /// <summary>Whether a message is for one whom this has yet to come to, so that it would overtake this.</summary>
    public bool SharesRecipient(PublishRequest other)
    {
        if (Recipients.Count == 0)
            return other.Recipients.Count == 0;
        for (int i = Done; i < Recipients.Count; i++)
        {
            if (other.Recipients.Contains(Recipients.Name(i), Recipients.IsTopic(i)))
                return true;
        }
        return false;
    }

    /// <summary>Forgets it.</summary>
    public void Clear()
    {
        // Nobody waits for it any more, however far it has come.
        Receipt?.End();
        Receipt = null;
        Terms = null;
        Publication = null;
        Recipients.Clear();
        Done = 0;
        Sessions = 0;
        Cached = 0;
        Tokens = 0;
    }
}

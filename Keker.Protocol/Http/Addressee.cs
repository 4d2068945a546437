namespace Keker.Protocol.Http;

/// <summary>Whom an answer about a message speaks of.</summary>
public enum Addressee : byte
{
    /// <summary>One recipient, named by its token.</summary>
    Token,

    /// <summary>One topic, by its name.</summary>
    Topic,

    /// <summary>Several recipients, which are not named.</summary>
    Several,
}

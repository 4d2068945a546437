namespace Keker.Server.Broker.Topics;

/// <summary>Name spaces of topics: a token and a topic of the same name have nothing to do with each other.</summary>
internal enum TopicKind
{
    /// <summary>The private topic of an AUTH_INFO.</summary>
    Token,

    /// <summary>One that sessions subscribe to by name.</summary>
    Named,

    /// <summary>The one of every session.</summary>
    Broadcast,

    /// <summary>One of the server's own, in no table: no client can name it, and nobody is told who is in it.</summary>
    Internal,
}

namespace Keker.Protocol.Commands;

/// <summary>What a text message of a client says; see <see cref="ClientCommand.Parse"/>.</summary>
public enum CommandKind : byte
{
    /// <summary>It begins with no word known here.</summary>
    Unknown,

    /// <summary>A known word, and what follows it breaks the grammar; <see cref="ClientCommand.Error"/> says how.</summary>
    Malformed,

    /// <summary><c>HELLO &lt;AUTH_INFO&gt; [&lt;id&gt;]</c>.</summary>
    Hello,

    /// <summary><c>SUBSCRIBE &lt;topic&gt; [&lt;id&gt;]</c>.</summary>
    Subscribe,

    /// <summary><c>UNSUBSCRIBE &lt;topic&gt;</c>.</summary>
    Unsubscribe,

    /// <summary><c>PING [&lt;word&gt;]</c>.</summary>
    Ping,
}

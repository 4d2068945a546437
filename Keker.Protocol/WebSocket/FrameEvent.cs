namespace Keker.Protocol.WebSocket;

/// <summary>What <see cref="FrameReader.Read"/> found.</summary>
public enum FrameEvent : byte
{
    /// <summary>The input holds nothing more to report; call again when more has arrived.</summary>
    NeedMore,

    /// <summary>A text message is complete; its payload is in the sink.</summary>
    Text,

    /// <summary>A binary message is complete; its payload is in the sink.</summary>
    Binary,

    /// <summary>A ping; its payload is in the control span.</summary>
    Ping,

    /// <summary>A pong; its payload is in the control span.</summary>
    Pong,

    /// <summary>A valid Close frame; see <see cref="FrameReader.CloseCode"/>. Nothing is read after it.</summary>
    Close,

    /// <summary>The input broke a rule; see <see cref="FrameReader.FailureCode"/>. Nothing is read after it.</summary>
    Failed,
}

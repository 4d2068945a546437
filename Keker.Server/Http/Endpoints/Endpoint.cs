using System.Buffers;
using Keker.Protocol.Http;

namespace Keker.Server.Http.Endpoints;

/// <summary>Answers the requests of one route. Stateless and shared by all connections; thread-safe.</summary>
internal abstract class Endpoint(ServerContext server)
{
    protected static ReadOnlySpan<byte> AllowRead => "GET, HEAD"u8;

    protected static ReadOnlySpan<byte> AllowWrite => "PUT, POST"u8;

    protected ServerContext Server { get; } = server;

    /// <summary>The methods of the route, as 405 names them.</summary>
    public abstract ReadOnlySpan<byte> Allow { get; }

    /// <summary>True for what only a backend or an operator may do: needs the publish key, moves to the admin listener.</summary>
    public virtual bool IsPrivileged => false;

    /// <summary>True where a request may have a body.</summary>
    public virtual bool TakesBody => false;

    /// <summary>True where a body is answered as it arrives, by <see cref="TryReadStream"/>, and not once it is whole, by <see cref="Handle"/>.</summary>
    public virtual bool StreamsBody => false;

    public abstract bool Allows(RequestMethod method);

    /// <summary>Bytes of the largest body that is read whole, once its head is accepted.</summary>
    public virtual int MostBodyBytes(HttpExchange exchange) => Server.Options.WriteBuffer;

    /// <summary>Judges a request by its head, before any of its body is read.</summary>
    /// <param name="exchange">The request; what is needed of the head later is copied into it.</param>
    /// <param name="head">The bytes of the head.</param>
    /// <returns>False when it is answered already.</returns>
    public virtual bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head) => true;

    /// <summary>Answers an accepted request, or leaves in <see cref="HttpExchange.Message"/> what it has to wait for.</summary>
    public abstract void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body);

    /// <summary>Answers what has arrived of a body; with the body's end it ends the request.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="input">What has arrived; what is read of it is taken off its front.</param>
    /// <returns>
    /// False when all of it is read and the body goes on. True when the body has ended, when there is something to wait for in
    /// <see cref="HttpExchange.Message"/>, and when the answers have to be sent first.
    /// </returns>
    public virtual bool TryReadStream(HttpExchange exchange, ref ReadOnlySequence<byte> input) => throw new NotSupportedException();

    /// <summary>What <see cref="Handle"/> had to wait for may be there now.</summary>
    public virtual void Resume(HttpExchange exchange) => throw new NotSupportedException();

    /// <summary>Refuses: the answer is written, and the connection closes when a body may follow that nobody will read.</summary>
    protected bool Refuse(HttpExchange exchange, int status, ReadOnlySpan<byte> message, int retryAfterSeconds = 0, bool offerWebSocket = false)
    {
        Refusal.Write(exchange, Server, status, message, retryAfterSeconds, Allow, offerWebSocket);
        return false;
    }
}

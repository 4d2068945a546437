namespace Keker.Server.Broker.Sessions;

/// <summary>
/// The sending side of an operator's event stream: it counts as no session, nothing is kept for it when it ends, and nobody waits for what it has.
/// </summary>
/// <remarks>Thread-safe, as every session.</remarks>
/// <param name="transport">The way to the operator.</param>
/// <param name="context">What all sessions share.</param>
internal sealed class OnlookerSession(ISessionTransport transport, BrokerContext context) : EventStreamSession(transport, context)
{
    public override bool IsTracked => false;

    protected override int Weight => 0;
}

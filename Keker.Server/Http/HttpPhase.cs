using Keker.Server.Net;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Http;

/// <summary>The deadlines of a connection that speaks HTTP, and how it ends when they are over or the server is.</summary>
/// <remarks>The heartbeat, the drain and who is short of memory come from any thread.</remarks>
internal abstract class HttpPhase(Connection connection, ServerContext server) : ReadingPhase(connection)
{
    private Lingering _lingering = new(server);
    private volatile bool _isSilent = true;
    private volatile bool _isExpired;

    public override long UnfinishedSince => Deadline.UnfinishedSince;

    protected ServerContext Server => server;

    protected override ILogger Log => server.Log;

    protected override bool IsDraining => server.IsDraining;

    /// <summary>What it waits for.</summary>
    protected HttpDeadline Deadline { get; } = new(server.Clock);

    /// <summary>True until the first byte has come.</summary>
    protected bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    /// <summary>True once the time for a request is over.</summary>
    protected bool IsExpired => _isExpired;

    /// <summary>Sends the answers, also those that are not known yet.</summary>
    protected abstract AnswerSender Answers { get; }

    /// <inheritdoc cref="Lingering.MostBytes"/>
    protected long MostLingerBytes => _lingering.MostBytes;

    public override void GiveUp()
    {
        _isExpired = true;
        if (Deadline.Wait == HttpWait.Send)
            Connection.Abort();
        else
            Connection.StopReading();
    }

    public override void OnHeartbeat(long now)
    {
        // What became idle after the drain had visited it.
        if (Server.IsDraining)
            Drain();

        // In this order, the reverse of what the sender does: who has just got his answer has not been silent since long before it.
        bool isAnswerDue = Answers.IsBusy;
        if (!Deadline.IsOver(now, _lingering.Timeout, out HttpWait wait))
            return;

        // Who waits for an answer need not send anything, nor the next line of a batch.
        if (isAnswerDue && (wait is HttpWait.Request or HttpWait.Body))
            return;
        if (wait is HttpWait.Request or HttpWait.Linger)
        {
            // An ordinary end: what the peer has not taken of its answers yet stays with the kernel.
            Connection.StopReading();
        }
        else
        {
            GiveUp();
        }
    }

    public override void Drain()
    {
        // A request that has arrived is still read and answered; an idle connection ends as if the peer had closed it.
        // But not before it has its answers: what it sends meanwhile would be left unread, and reset the connection under them.
        if (IsSilent || (Deadline.Wait == HttpWait.Request && !Answers.IsBusy))
            Connection.StopReading();

        // The answer says what is known by now. One that begins to wait after this is found by the next heartbeat.
        Answers.StopWaiting();
    }

    /// <summary>The last answer is out: the peer has its time to end the connection.</summary>
    protected void BeginLinger()
    {
        _lingering.Begin();
        Deadline.Begin(HttpWait.Linger);
    }

    /// <summary>The phase is over, whether it lingered or not.</summary>
    protected void EndLinger() => _lingering.End();
}

using Keker.Server.Broker.Log;

namespace Keker.Server.Broker.Topics;

/// <summary>What is known of the messages that a subscription was sent. Most sessions of an idle server have never been sent one, and have none of this.</summary>
/// <remarks>The same threads have each part as in <see cref="Subscription"/>, whose it is.</remarks>
/// <param name="arrived">See <see cref="Subscription.Arrived"/>.</param>
/// <param name="restsAt">See <see cref="Subscription.RestsAt"/>: where it stands, which is where it set out.</param>
/// <param name="handled">What its client may have handled; null where that is not followed.</param>
internal sealed class SentMessages(long arrived, long restsAt, HandledMessages? handled)
{
    private long _arrived = arrived;
    private long _offered;
    private long _barrierCursor;
    private int _unconfirmedPlace = Subscription.NoPlace;
    private bool _hasConfirmed;

    /// <inheritdoc cref="Subscription.Arrived"/>
    public long Arrived => Volatile.Read(ref _arrived);

    /// <summary>Messages of which its client may have handled some; null where that is not followed.</summary>
    public HandledMessages? Handled => handled;

    /// <inheritdoc cref="Subscription.Start"/>
    public long Start { get; private set; } = restsAt;

    /// <summary>It sets out from an offset.</summary>
    /// <param name="offset">Where.</param>
    /// <param name="isTracked">Whether it is found out what has arrived.</param>
    public void Begin(long offset, bool isTracked)
    {
        Start = offset;
        if (!isTracked)
            return;
        Volatile.Write(ref _arrived, offset);
        handled?.Begin(offset);
    }

    /// <inheritdoc cref="Subscription.Offer"/>
    public long Offered
    {
        get => Volatile.Read(ref _offered);
        set => Volatile.Write(ref _offered, value);
    }

    /// <inheritdoc cref="Subscription.BarrierCursor"/>
    public long BarrierCursor
    {
        get => Volatile.Read(ref _barrierCursor);
        set => Volatile.Write(ref _barrierCursor, value);
    }

    /// <inheritdoc cref="Subscription.UnconfirmedPlace"/>
    public int UnconfirmedPlace
    {
        get => Volatile.Read(ref _unconfirmedPlace);
        set => Volatile.Write(ref _unconfirmedPlace, value);
    }

    /// <inheritdoc cref="Subscription.RestsAt"/>
    public long RestsAt { get; set; } = restsAt;

    /// <inheritdoc cref="Subscription.LiveFrom"/>
    public long LiveFrom { get; set; }

    /// <inheritdoc cref="Subscription.TellsLosses"/>
    public bool TellsLosses { get; set; }

    /// <inheritdoc cref="Subscription.Skipped"/>
    public SkippedMessages? Skipped { get; set; }

    /// <inheritdoc cref="Subscription.Taken"/>
    public BrokenPosition? Taken { get; set; }

    /// <inheritdoc cref="Subscription.Suspected"/>
    public BrokenPosition? Suspected { get; set; }

    /// <inheritdoc cref="Subscription.Redelivery"/>
    public Redelivery? Redelivery { get; set; }

    /// <inheritdoc cref="Subscription.Confirm"/>
    public void Confirm()
    {
        if (_barrierCursor <= Arrived)
            return;
        Volatile.Write(ref _arrived, _barrierCursor);
        _hasConfirmed = true;
    }

    /// <inheritdoc cref="Subscription.TakeAnswer"/>
    public bool TakeAnswer()
    {
        bool isNews = _hasConfirmed || UnconfirmedPlace != Subscription.NoPlace || Suspected is not null;
        _hasConfirmed = false;
        return isNews;
    }
}

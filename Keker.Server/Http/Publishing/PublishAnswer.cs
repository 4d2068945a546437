using System.Buffers;
using Keker.Protocol.Http;
using Keker.Server.Broker;
using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Http.Publishing;

/// <summary>What a publisher is told about a message that was accepted, or that nobody was there for.</summary>
/// <param name="Status">200, 202 or 404.</param>
/// <param name="Sessions">Sessions that get it.</param>
/// <param name="Cached">Recipients for whom it waits.</param>
/// <param name="Receipt">What the clients have confirmed; null where the publisher did not wait for that.</param>
internal readonly record struct PublishAnswer(int Status, int Sessions, int Cached, ReceiptCounts? Receipt = null)
{
    /// <summary>What to say of a message that has come to its end.</summary>
    public static PublishAnswer To(PublishState message)
    {
        PublishRequest request = message.Request;
        if (request.Recipients.Count == 0)
            return new PublishAnswer(200, request.Sessions, 0);
        if (request.Receipt is { Sessions: > 0 } receipt)
        {
            ReceiptCounts counts = receipt.Counts;
            int status = counts.Received == receipt.Sessions ? 200 : 202;
            return new PublishAnswer(status, receipt.Sessions, request.Cached + counts.Kept, counts);
        }

        // Who names a time asks for storing: that is no failure to find anybody.
        bool isStored = request.Cached > 0 && request.Terms?.TimeToLive is not null;
        return new PublishAnswer(request.Sessions > 0 ? 200 : isStored ? 202 : 404, request.Sessions, request.Cached);
    }

    /// <summary>Answers a request.</summary>
    /// <param name="output">Gets the answer.</param>
    /// <param name="message">What it published.</param>
    /// <param name="headers">The variable headers.</param>
    public void Write(IBufferWriter<byte> output, PublishState message, in ResponseHeaders headers)
    {
        Recipients recipients = message.Request.Recipients;
        if (Receipt is { } counts)
        {
            var receipt = new ReceiptAnswer(Sessions, counts.Received, counts.Pending, Cached);
            JsonAnswers.WriteReceipt(output, receipt, headers with { AppliedWaitSeconds = message.Fields?.Wait ?? 0 });
            return;
        }
        if (recipients.Count == 0)
        {
            JsonAnswers.WriteBroadcast(output, message.Request.Tokens, Sessions, headers);
            return;
        }
        Addressee addressee = AddresseeOf(recipients);
        if (Status == 200)
            JsonAnswers.WritePublished(output, Sessions, Cached, headers);
        else if (Status == 202)
            JsonAnswers.WriteStored(output, addressee, recipients.Name(0), Cached, headers);
        else
            JsonAnswers.WriteRecipientNotFound(output, addressee, recipients.Name(0), Cached, headers);
    }

    /// <summary>Answers a line of a batch, for which nobody waits for confirmations.</summary>
    /// <remarks>Where a publish that did wait had the same key, what is said is whom the message went to.</remarks>
    public void WriteLine(IBufferWriter<byte> output, Recipients recipients)
    {
        if (Receipt is not null || Status == 200)
            BatchAnswers.WritePublished(output, Sessions, Cached);
        else if (Status == 202)
            BatchAnswers.WriteStored(output, AddresseeOf(recipients), recipients.Name(0), Cached);
        else
            BatchAnswers.WriteRecipientNotFound(output, AddresseeOf(recipients), recipients.Name(0), Cached);
    }

    private static Addressee AddresseeOf(Recipients recipients) =>
        recipients.Count > 1 ? Addressee.Several : recipients.IsTopic(0) ? Addressee.Topic : Addressee.Token;
}

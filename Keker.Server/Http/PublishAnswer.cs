using System.Buffers;
using Keker.Protocol.Http;
using Keker.Server.Broker;

namespace Keker.Server.Http;

/// <summary>What a publisher is told about a message that was accepted, or that nobody was there for.</summary>
/// <param name="Status">200, 202 or 404.</param>
/// <param name="Sessions">Sessions that get it.</param>
/// <param name="Cached">Recipients for whom it waits.</param>
/// <param name="Receipt">What the clients have confirmed; null where the publisher did not wait for that.</param>
internal readonly record struct PublishAnswer(int Status, int Sessions, int Cached, ReceiptCounts? Receipt = null)
{
    /// <summary>What to say of a message that has come to its end.</summary>
    public static PublishAnswer To(MessageUnderWay message)
    {
        if (message.Receipt is { } receipt)
        {
            ReceiptCounts counts = receipt.Counts;
            int status = counts.Received == receipt.Sessions ? 200 : 202;
            return new PublishAnswer(status, receipt.Sessions, message.Cached + counts.Kept, counts);
        }

        // Who names a time asks for storing: that is no failure to find anybody.
        bool isStored = message.Cached > 0 && message.Terms?.TimeToLive is not null;
        return new PublishAnswer(message.Sessions > 0 ? 200 : isStored ? 202 : 404, message.Sessions, message.Cached);
    }

    /// <summary>Answers the request under way.</summary>
    public void Write(HttpExchange exchange)
    {
        MessageUnderWay message = exchange.Message;
        if (Receipt is { } counts)
        {
            var receipt = new Protocol.Http.Receipt(Sessions, counts.Received, counts.Pending, Cached);
            JsonAnswers.WriteReceipt(exchange.Answers, receipt, exchange.Headers(appliedWaitSeconds: message.Fields?.Wait ?? 0));
            return;
        }
        Recipients recipients = message.Recipients;
        Addressee addressee = AddresseeOf(recipients);
        if (Status == 200)
            JsonAnswers.WritePublished(exchange.Answers, Sessions, Cached, exchange.Headers());
        else if (Status == 202)
            JsonAnswers.WriteStored(exchange.Answers, addressee, recipients.Name(0), Cached, exchange.Headers());
        else
            JsonAnswers.WriteRecipientNotFound(exchange.Answers, addressee, recipients.Name(0), Cached, exchange.Headers());
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

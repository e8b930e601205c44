using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Azure.Data.Tables.Wire;

/// <summary>Signs each attempt with the account key, in the Shared Key Lite form of the table service.</summary>
internal sealed class SharedKeyPolicy(TableSharedKeyCredential credential) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var date = DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture);
        message.Request.Headers.SetValue("x-ms-date", date);

        // The path is signed as it goes over the wire, escapes included. Of the query only `comp` counts, which no request here has.
        var path = message.Request.Uri.ToUri().AbsolutePath;
        var signature = credential.Sign($"{date}\n/{credential.AccountName}{path}");
        message.Request.Headers.SetValue("Authorization", $"SharedKeyLite {credential.AccountName}:{signature}");
    }
}

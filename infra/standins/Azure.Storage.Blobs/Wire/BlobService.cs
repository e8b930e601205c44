using System.Diagnostics;
using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs.Models;

namespace Azure.Storage.Blobs.Wire;

/// <summary>The pipeline to one account, and what every request through it has.</summary>
internal sealed class BlobService(HttpPipeline pipeline, string version, string accountName)
{
    private static readonly FailureParser s_parser = new();

    public string AccountName => accountName;

    public static BlobService Create(HttpPipelinePolicy authentication, BlobClientOptions options, string accountName)
    {
        options ??= new BlobClientOptions();
        HttpPipelineOptions pipeline = new(options) { RequestFailedDetailsParser = s_parser };
        pipeline.PerRetryPolicies.Add(authentication);
        return new(HttpPipelineBuilder.Build(pipeline), options.VersionString, accountName);
    }

    public static (BlobService Service, Uri Endpoint) Create(string connectionString, BlobClientOptions options)
    {
        var (endpoint, credential) = ConnectionString.Parse(connectionString);
        return (Create(credential, options), endpoint);
    }

    public static BlobService Create(StorageSharedKeyCredential credential, BlobClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return Create(new SharedKeyPolicy(credential), options, credential.AccountName);
    }

    public static BlobService Create(Uri uri, TokenCredential credential, BlobClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(credential);
        BearerTokenAuthenticationPolicy policy = new(credential, "https://storage.azure.com/.default");
        return Create(policy, options, BlobAddress.Of(uri).Account);
    }

    public HttpMessage Request(RequestMethod method, Uri uri, params (string Name, string Value)[] query)
    {
        var message = pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(uri);
        foreach (var (name, value) in query)
        {
            if (value is not null)
            {
                message.Request.Uri.AppendQuery(name, value, escapeValue: true);
            }
        }

        message.Request.Headers.SetValue("x-ms-version", version);
        message.Request.Headers.SetValue("Accept", "application/xml");
        return message;
    }

    public async ValueTask<Response> SendAsync(HttpMessage message, bool async, CancellationToken cancellationToken, params int[] accepted)
    {
        using (message)
        {
            return await SendOpenAsync(message, async, cancellationToken, accepted).ConfigureAwait(false);
        }
    }

    /// <summary>Leaves the message to the caller, who may want its content as it arrives.</summary>
    public async ValueTask<Response> SendOpenAsync(
        HttpMessage message, bool async, CancellationToken cancellationToken, params int[] accepted)
    {
        if (async)
        {
            await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            pipeline.Send(message, cancellationToken);
        }

        return accepted.Contains(message.Response.Status)
            ? message.Response
            : throw new RequestFailedException(message.Response, null, s_parser);
    }

    public static void Apply(HttpMessage message, RequestConditions conditions)
    {
        Set(message, "If-Match", conditions?.IfMatch?.ToString());
        Set(message, "If-None-Match", conditions?.IfNoneMatch?.ToString());
        Set(message, "If-Modified-Since", conditions?.IfModifiedSince?.ToString("R", CultureInfo.InvariantCulture));
        Set(message, "If-Unmodified-Since", conditions?.IfUnmodifiedSince?.ToString("R", CultureInfo.InvariantCulture));
        Set(message, "x-ms-lease-id", (conditions as BlobRequestConditions)?.LeaseId);
        Set(message, "x-ms-if-tags", (conditions as BlobLeaseRequestConditions)?.TagConditions);
    }

    public static void Apply(HttpMessage message, IDictionary<string, string> metadata)
    {
        foreach (var (name, value) in metadata ?? new Dictionary<string, string>())
        {
            Set(message, "x-ms-meta-" + name, value);
        }
    }

    public static void Set(HttpMessage message, string name, string value)
    {
        if (value is not null)
        {
            message.Request.Headers.SetValue(name, value);
        }
    }
}

/// <summary>The synchronous members run the same code with `async: false`, which never yields.</summary>
internal static class Synchronous
{
    public static T Completed<T>(this ValueTask<T> task)
    {
        Debug.Assert(task.IsCompleted, "A synchronous call must not have started asynchronous work.");
        return task.GetAwaiter().GetResult();
    }
}

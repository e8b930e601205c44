using System.Text;
using Azure.Core;

namespace Azure.Data.Tables.Wire;

/// <summary>A transaction on the wire: one multipart body that holds a change set, one HTTP request per part.</summary>
internal sealed class Transaction(TableService service, string table)
{
    private readonly string _batch = $"batch_{Guid.NewGuid()}";
    private readonly string _changes = $"changeset_{Guid.NewGuid()}";

    public async ValueTask<Response<IReadOnlyList<Response>>> SubmitAsync(
        IEnumerable<TableTransactionAction> actions, bool async, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actions);
        TableTransactionAction[] all = [.. actions];
        if (all.Length is 0)
        {
            throw new InvalidOperationException("Transaction contains no actions.");
        }

        var message = service.Request(RequestMethod.Post, "$batch");
        message.Request.Headers.SetValue("Accept", "application/json");
        message.Request.Headers.SetValue("Content-Type", $"multipart/mixed; boundary={_batch}");
        message.Request.Content = RequestContent.Create(Body(all));
        var response = await service.SendAsync(message, async, cancellationToken, 202).ConfigureAwait(false);

        var parts = MultipartParts.Read(response);
        var failed = parts.FirstOrDefault(part => part.Status >= 400);
        return failed is null
            ? Response.FromValue<IReadOnlyList<Response>>(parts, response)
            : throw new TableTransactionFailedException(new RequestFailedException(failed, null, new FailureParser()));
    }

    private byte[] Body(TableTransactionAction[] actions)
    {
        using MemoryStream body = new();
        Line(body, $"--{_batch}\r\nContent-Type: multipart/mixed; boundary={_changes}\r\n");
        foreach (var action in actions)
        {
            Line(body, $"--{_changes}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n");
            using var message = Message(action);
            var request = message.Request;
            Line(body, $"{request.Method} {request.Uri.ToUri().AbsoluteUri} HTTP/1.1");
            foreach (var header in request.Headers.Where(header => header.Name != "x-ms-version"))
            {
                Line(body, $"{header.Name}: {header.Value}");
            }

            Line(body, "");
            request.Content?.WriteTo(body, CancellationToken.None);
            Line(body, "");
        }

        Line(body, $"--{_changes}--\r\n\r\n--{_batch}--");
        return body.ToArray();
    }

    private HttpMessage Message(TableTransactionAction action)
    {
        var (entity, etag) = (action.Entity, action.ETag);
        return action.ActionType switch
        {
            TableTransactionActionType.Add => service.Insert(table, entity),
            TableTransactionActionType.Delete => service.Delete(table, entity.PartitionKey, entity.RowKey, etag),
            TableTransactionActionType.UpdateReplace => service.Update(table, entity, TableUpdateMode.Replace, etag),
            TableTransactionActionType.UpdateMerge => service.Update(table, entity, TableUpdateMode.Merge, etag),
            TableTransactionActionType.UpsertReplace => service.Update(table, entity, TableUpdateMode.Replace, default),
            TableTransactionActionType.UpsertMerge => service.Update(table, entity, TableUpdateMode.Merge, default),
            _ => throw new InvalidOperationException("Unknown request type."),
        };
    }

    private static void Line(MemoryStream body, string text) => body.Write(Encoding.UTF8.GetBytes(text + "\r\n"));
}

using System.Linq.Expressions;
using System.Text.Json;
using Azure.Core;
using Azure.Data.Tables.Wire;

namespace Azure.Data.Tables;

public partial class TableClient
{
    public static string CreateQueryFilter(FormattableString filter) => ODataFilter.Create(filter);

    public static string CreateQueryFilter<T>(Expression<Func<T, bool>> filter) => ExpressionFilter.Create(filter);

    public virtual Response<T> GetEntity<T>(
        string partitionKey, string rowKey, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity => Found<T>(GetAsync(partitionKey, rowKey, select, false, cancellationToken, 200).Completed());

    public virtual async Task<Response<T>> GetEntityAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity =>
        Found<T>(await GetAsync(partitionKey, rowKey, select, true, cancellationToken, 200).ConfigureAwait(false));

    public virtual NullableResponse<T> GetEntityIfExists<T>(
        string partitionKey, string rowKey, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity =>
        FoundOrNot<T>(GetAsync(partitionKey, rowKey, select, false, cancellationToken, 200, 404).Completed());

    public virtual async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity =>
        FoundOrNot<T>(await GetAsync(partitionKey, rowKey, select, true, cancellationToken, 200, 404).ConfigureAwait(false));

    public virtual Pageable<T> Query<T>(
        string filter = null, int? maxPerPage = null, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity => Entities<T>(filter, maxPerPage, select, cancellationToken).Sync();

    public virtual Pageable<T> Query<T>(
        Expression<Func<T, bool>> filter, int? maxPerPage = null, IEnumerable<string> select = null,
        CancellationToken cancellationToken = default)
        where T : class, ITableEntity => Entities<T>(ExpressionFilter.Create(filter), maxPerPage, select, cancellationToken).Sync();

    public virtual AsyncPageable<T> QueryAsync<T>(
        string filter = null, int? maxPerPage = null, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity => Entities<T>(filter, maxPerPage, select, cancellationToken).Async();

    public virtual AsyncPageable<T> QueryAsync<T>(
        Expression<Func<T, bool>> filter, int? maxPerPage = null, IEnumerable<string> select = null,
        CancellationToken cancellationToken = default)
        where T : class, ITableEntity => Entities<T>(ExpressionFilter.Create(filter), maxPerPage, select, cancellationToken).Async();

    private async ValueTask<Response> GetAsync(
        string partitionKey, string rowKey, IEnumerable<string> select, bool async, CancellationToken cancellationToken,
        params int[] accepted)
    {
        ArgumentNullException.ThrowIfNull(partitionKey);
        ArgumentNullException.ThrowIfNull(rowKey);
        var message = _service.Request(RequestMethod.Get, TableService.EntityPath(Name, partitionKey, rowKey));
        if (Columns(select) is { } columns)
        {
            message.Request.Uri.AppendQuery("$select", columns);
        }

        return await _service.SendAsync(message, async, cancellationToken, accepted).ConfigureAwait(false);
    }

    private Pages<T> Entities<T>(string filter, int? maxPerPage, IEnumerable<string> select, CancellationToken cancellationToken)
        where T : class, ITableEntity =>
        new(_service, Name + "()", filter, maxPerPage, Columns(select), EntityReader.Read<T>, cancellationToken);

    private static string Columns(IEnumerable<string> select) => select is null ? null : string.Join(',', select);

    private static Response<T> Found<T>(Response response)
        where T : class, ITableEntity
    {
        using var document = JsonDocument.Parse(response.Content.ToMemory());
        return Response.FromValue(EntityReader.Read<T>(document.RootElement), response);
    }

    private static NullableResponse<T> FoundOrNot<T>(Response response)
        where T : class, ITableEntity => response.Status is 200 ? Found<T>(response) : new Absent<T>(response);

    private sealed class Absent<T>(Response response) : NullableResponse<T>
    {
        public override bool HasValue => false;

        public override T Value => throw new InvalidOperationException(
            $"{nameof(NullableResponse<>)} has no value: the service answered {response.Status} {response.ReasonPhrase}.");

        public override Response GetRawResponse() => response;
    }
}

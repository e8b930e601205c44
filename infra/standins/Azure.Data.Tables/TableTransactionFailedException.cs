using System.Globalization;
using Azure.Data.Tables.Wire;

namespace Azure.Data.Tables;

/// <summary>A transaction was refused; nothing of it took effect.</summary>
public class TableTransactionFailedException : RequestFailedException
{
    public TableTransactionFailedException(RequestFailedException requestFailedException)
        : base(requestFailedException.Status, requestFailedException.Message, requestFailedException.ErrorCode,
            requestFailedException.InnerException)
    {
        if (requestFailedException.Data[FailureParser.FailedEntity] is string index)
        {
            FailedTransactionActionIndex = int.Parse(index, CultureInfo.InvariantCulture);
        }
    }

    public int? FailedTransactionActionIndex { get; }
}

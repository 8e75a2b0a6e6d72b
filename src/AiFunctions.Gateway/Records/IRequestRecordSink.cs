namespace AiFunctions.Gateway.Records;

/// <summary>Keeps records, or counts them. Each record comes to it once, and one after the other.</summary>
internal interface IRequestRecordSink
{
    /// <summary>Takes a record over. Must not wait for anything outside the process.</summary>
    void Add(RequestRecord record);
}

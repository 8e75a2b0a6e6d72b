namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>The source of the clients' activity cannot be read now. The message repeats nothing that the source said.</summary>
internal sealed class ActivityUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

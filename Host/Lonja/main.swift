import HostCore

print(HostStamp.own)

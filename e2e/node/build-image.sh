#!/bin/bash
# A kind node image out of Debian packages and Go-built binaries, for machines that reach no image registry.
#   BIN   folder with kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubeadm kubectl etcd coredns
#   DEBS  folder that keeps packages   WORK  scratch folder (2 GB)          IMAGE  name of the image to make          needs root, debootstrap, docker, gcc, python3
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); : "${BIN:?}" "${WORK:?}"; IMAGE=${IMAGE:-localhost/kind-node:local}
V=$("$BIN/kubelet" --version | awk '{print $2}'); R=$WORK/rootfs; P=/usr/local/bin
mkdir -p "$WORK/tars"; cd "$WORK"
mirror=$(apt-get indextargets --format '$(REPO_URI)' | awk 'NR==1')   # where apt itself gets its packages
if [ ! -e "$R/.base" ]; then
  rm -rf "$R"
  : "${DEBS:?}"; mkdir -p "$DEBS"
  debootstrap --cache-dir="$DEBS" --variant=minbase --include=containerd,containernetworking-plugins,iptables,conntrack,ebtables,socat,ethtool,kmod,procps,iproute2 bookworm "$R" "$mirror" > debootstrap.log
  : > "$R/.base"
fi
# kube-proxy's layer: iptables and conntrack with their libraries
chroot "$R" dpkg -L iptables libxtables12 libip4tc2 libip6tc2 libnftnl11 libmnl0 libnfnetlink0 libnetfilter-conntrack3 conntrack libc6 libgcc-s1 kmod libkmod2 liblzma5 libzstd1 libssl3 | sort -u |
  grep -v -e '^/usr/share' -e '/gconv/' -e '/audit/' | while read -r f; do if [ -L "$R$f" ] || [ -f "$R$f" ]; then echo "${f#/}"; fi; done > proxy.list
( cd "$R"; for l in bin sbin lib lib64; do [ -L $l ] && echo $l; done; ls -d etc/alternatives/*iptables* etc/alternatives/*ip6tables* usr/sbin/iptables* usr/sbin/ip6tables* ) >> proxy.list
sort -u proxy.list -o proxy.list; tar -C "$R" --no-recursion -T proxy.list -cf proxy-layer.tar
gcc -static -Os -o pause "$here/pause.c"
# the control plane's images, under the names that this kubeadm asks for
pause=
while read -r name; do
  base=${name##*/}; c=${base%%:*}; out=tars/$c.tar
  case $c in
    kube-proxy) python3 "$here/mkimg.py" "$name" "[\"$P/$c\"]" $out @proxy-layer.tar "$BIN/$c:$P/$c" ;;
    coredns)    python3 "$here/mkimg.py" "$name" '["/coredns"]' $out "$BIN/coredns:/coredns" ;;
    pause)      python3 "$here/mkimg.py" "$name" '["/pause"]' $out pause:/pause; pause=$name ;;
    *)          python3 "$here/mkimg.py" "$name" "[\"$P/$c\"]" $out "$BIN/$c:$P/$c" ;;
  esac
done < <("$BIN/kubeadm" config images list --kubernetes-version "$V" 2>/dev/null)
mkdir -p "$R"/usr/local/{bin,sbin} "$R"/kind/{images,manifests} "$R/etc/containerd" "$R/etc/cni/net.d"
cp "$BIN"/{kubelet,kubeadm,kubectl} "$R/usr/local/bin/"; install -m755 "$here/node-init" "$R/usr/local/sbin/node-init"
cp tars/*.tar "$R/kind/images/"; echo "$V" > "$R/kind/version"
sed "s#@PAUSE@#$pause#" "$here/containerd.toml" > "$R/etc/containerd/config.toml"; cp "$here/default-cni.yaml" "$R/kind/manifests/"; rm -f "$R"/etc/cni/net.d/*
cat > "$R/kind/manifests/default-storage.yaml" <<Y
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: standard, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: kubernetes.io/host-path
Y
# one tree, one tar (docker import refuses a path that comes twice), without caches, docs and locales
tar -C "$R" --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' --exclude='./var/log/*' --exclude='./dev/*' -cf node.tar .
docker import --change 'ENTRYPOINT ["/usr/local/sbin/node-init"]' --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' node.tar "$IMAGE"
